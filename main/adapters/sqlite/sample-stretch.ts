import type { SampleColumns, SampleSlice } from '../../engine/ports/metrics-store.ts';
import type { SampleTable } from './sample-table.ts';

/** The samples of a table from one place on and before another; good until the next stretch is asked for. */
export interface SampleStretch {
  readonly table: SampleTable;
  readonly from: number;
  readonly to: number;
}

export function wholeStretch(table: SampleTable): SampleStretch {
  return { table, from: 0, to: table.count };
}

/** As the port has it, in the memory of the table itself: nobody may use that afterwards. */
export function columnsOf(
  { table, from, to }: SampleStretch,
  { machineId, source }: Pick<SampleSlice, 'machineId' | 'source'>,
): SampleColumns {
  const column = (place: number): Float64Array => (table.metrics[place] as Float64Array).subarray(from, to);
  const errors = table.reasons?.slice(from, to) ?? null;
  return {
    machineId,
    source,
    atMs: table.at.subarray(from, to),
    errors: errors?.some((error) => error !== null) === true ? errors : null,
    values: {
      cpuPercent: column(0),
      memoryPercent: column(1),
      diskPercent: column(2),
      diskReadBytesPerSecond: column(3),
      diskWriteBytesPerSecond: column(4),
      networkInBytesPerSecond: column(5),
      networkOutBytesPerSecond: column(6),
    },
  };
}
