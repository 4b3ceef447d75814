import { Download } from 'lucide-react';
import { useState } from 'react';
import { failureOf } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { SampleSource } from '../../main/contract/sample.ts';
import { useClient } from '../client/client-context.tsx';
import { Button } from '../components/button.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { useToast } from '../components/toasts.tsx';
import { counted } from '../format/sizes.ts';
import type { Stretch } from './chart-series.ts';

interface CsvButtonProps {
  readonly machine: Machine;
  readonly source: SampleSource;
  readonly range: Stretch | null;
}

/** Every reading of what is looked at, as a file; where to is asked by the system. */
export function CsvButton({ machine, source, range }: CsvButtonProps) {
  const { connection } = useClient();
  const toast = useToast();
  const [isBusy, setBusy] = useState(false);
  async function save({ from, to }: Stretch): Promise<void> {
    setBusy(true);
    try {
      const { saved, rows } = await connection.call('desktop.save-csv', {
        machine: machine.id,
        source,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      });
      if (saved) toast({ mark: 'ok', text: `Saved ${counted(rows, 'reading')}.` });
    } catch (error) {
      toast({ mark: 'crit', stays: true, text: <ForeignText>{failureOf(error).message}</ForeignText> });
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button
      look="plain"
      size="small"
      icon={Download}
      off={range === null ? 'There is nothing to save yet' : isBusy ? 'It is being saved' : undefined}
      title="Every reading of this view and range, as CSV"
      onClick={() => range !== null && void save(range)}
    >
      CSV
    </Button>
  );
}
