import type { SampleMetric } from '../../contract/sample.ts';
import type { SampleColumns, StoredSample } from '../ports/metrics-store.ts';

/** Each of them as an object of its own, for the few that a face shows. */
export function storedSamples(columns: SampleColumns): readonly StoredSample[] {
  return Array.from(columns.atMs, (_, place) => storedSampleAt(columns, place));
}

/** One of them. Its place must be there. */
export function storedSampleAt(columns: SampleColumns, place: number): StoredSample {
  return {
    machineId: columns.machineId,
    source: columns.source,
    atMs: columns.atMs[place] as number,
    error: columns.errors?.[place] ?? null,
    cpuPercent: valueAt(columns, 'cpuPercent', place),
    memoryPercent: valueAt(columns, 'memoryPercent', place),
    diskPercent: valueAt(columns, 'diskPercent', place),
    diskReadBytesPerSecond: valueAt(columns, 'diskReadBytesPerSecond', place),
    diskWriteBytesPerSecond: valueAt(columns, 'diskWriteBytesPerSecond', place),
    networkInBytesPerSecond: valueAt(columns, 'networkInBytesPerSecond', place),
    networkOutBytesPerSecond: valueAt(columns, 'networkOutBytesPerSecond', place),
  };
}

/** One value of one of them; null where it is not known. */
export function valueAt(columns: SampleColumns, metric: SampleMetric, place: number): number | null {
  const value = columns.values[metric][place] ?? Number.NaN;
  return Number.isNaN(value) ? null : value;
}
