// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
import { ChevronDown, ChevronRight } from 'lucide-react';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import type { FleetItem } from './fleet-items.ts';
import { fleetTotals } from './fleet-totals.ts';

interface FleetGroupRowProps {
  readonly group: Extract<FleetItem, { kind: 'group' }>;
  readonly index: number;
  readonly top: number;
  readonly isCurrent: boolean;
  onCurrent(index: number): void;
  onToggle(key: string): void;
}

/** The head of a group: what its machines share, how many there are, and how they are. */
export function FleetGroupRow({ group, index, top, isCurrent, onCurrent, onToggle }: FleetGroupRowProps) {
  const { key, label, machines, isOpen } = group;
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys of all its rows
    <div
      role="row"
      className="fleet-group"
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={index + 2}
      aria-expanded={isOpen}
      tabIndex={isCurrent ? 0 : -1}
      data-row={index}
      onFocus={() => onCurrent(index)}
      onClick={() => onToggle(key)}
    >
      <div role="gridcell" className="fleet-group-name">
        <Arrow className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
        <ForeignText className="strong">{label}</ForeignText>
        <span className="quiet">{machines.length}</span>
        {fleetTotals(machines)
          .filter(({ count }) => count > 0)
          .map((total) => (
            <span className="fleet-group-total quiet" key={total.key}>
              <Mark kind={total.mark} /> {total.count} {total.word}
            </span>
          ))}
      </div>
    </div>
  );
}
