import { Button } from '../../components/button.tsx';
import { Mark } from '../../components/mark.tsx';
import type { Total } from './fleet-totals.ts';

interface TotalsLineProps {
  readonly count: number;
  readonly totals: readonly Total[];
  readonly filter: string;
  onFilter(filter: string): void;
}

/** How many there are of each; a press shows only those, a second press all again. */
export function TotalsLine({ count, totals, filter, onFilter }: TotalsLineProps) {
  return (
    <div className="totals">
      <span className="totals-all">{count}</span>
      <span className="quiet totals-noun">{count === 1 ? 'machine' : 'machines'}</span>
      {totals.map((total) => (
        <Button
          key={total.key}
          look="plain"
          size="small"
          aria-pressed={filter === total.filter}
          onClick={() => onFilter(filter === total.filter ? '' : total.filter)}
        >
          <Mark kind={total.mark} />
          <b>{total.count}</b> {total.word}
        </Button>
      ))}
    </div>
  );
}
