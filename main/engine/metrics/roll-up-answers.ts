import type { RolledUpMetric, RollUp } from '../../contract/roll-up.ts';
import type { SampleMetric, SampleSource } from '../../contract/sample.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { StoredRollUps } from '../ports/metrics-store.ts';

/** Guests first: what a machine says of itself is closer to what its owner sees than its process is. */
export const sourcesByWorth: readonly SampleSource[] = ['guest', 'ssh', 'azure', 'host'];

/** The buckets of one series as every face has them. */
export function rollUpsOf(
  series: StoredRollUps,
  { id, name }: { id: string; name: string },
  level: RollUp['level'],
): readonly RollUp[] {
  return Array.from(series.startMs, (startMs, index) => ({
    machine: name,
    machineId: id,
    source: series.source,
    level,
    from: isoTime(startMs),
    to: isoTime(series.endMs[index] ?? startMs),
    readings: series.readings[index] ?? 0,
    failed: series.failed[index] ?? 0,
    partial: series.partial[index] === 1,
    metrics: {
      cpuPercent: rolledUp(series, 'cpuPercent', index),
      memoryPercent: rolledUp(series, 'memoryPercent', index),
      diskPercent: rolledUp(series, 'diskPercent', index),
      diskReadBytesPerSecond: rolledUp(series, 'diskReadBytesPerSecond', index),
      diskWriteBytesPerSecond: rolledUp(series, 'diskWriteBytesPerSecond', index),
      networkInBytesPerSecond: rolledUp(series, 'networkInBytesPerSecond', index),
      networkOutBytesPerSecond: rolledUp(series, 'networkOutBytesPerSecond', index),
    },
  }));
}

/** One value in one bucket; null where it was never known. */
export function rolledUp(series: StoredRollUps, metric: SampleMetric, index: number): RolledUpMetric | null {
  const columns = series.metrics[metric];
  const count = columns?.count[index] ?? 0;
  if (columns === undefined || count === 0) return null;
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  return {
    count,
    average: at(columns.sum) / count,
    min: at(columns.min),
    max: at(columns.max),
    last: at(columns.last),
  };
}
