import type { RollUpLevel } from '../../contract/roll-up.ts';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { SampleTable } from './sample-table.ts';

export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
export const bucketMs: Readonly<Record<RollUpLevel, number>> = { hourly: hourMs, daily: dayMs };

/** What one value did in a bucket. */
export interface MetricSum {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
}

/** The readings of one bucket taken together: everything that any longer bucket needs, so that none is an average of averages. */
export interface RollUpEntry {
  /** How many readings succeeded, and how many failed. */
  readonly readings: number;
  readonly failed: number;
  /** The first and the last of them, failed ones among them; wall-clock milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** In the order of `sampleMetrics`; null where a value was never known. */
  readonly metrics: readonly (MetricSum | null)[];
}

/** Begin of the hour or day of UTC that a moment lies in. */
export function bucketStart(atMs: number, level: RollUpLevel): number {
  return Math.floor(atMs / bucketMs[level]) * bucketMs[level];
}

/** Samples of one bucket; null when there are none. */
export function rollUpSamples(samples: readonly StoredSample[]): RollUpEntry | null {
  return rollUpTable(SampleTable.of(samples));
}

/** The same. A pure function of them, so that doing it again changes nothing. */
export function rollUpTable(table: SampleTable): RollUpEntry | null {
  const { count, at, reasons } = table;
  if (count === 0) return null;
  let failed = 0;
  for (let index = 0; reasons !== null && index < count; index += 1) if ((reasons[index] ?? null) !== null) failed += 1;
  return {
    readings: count - failed,
    failed,
    firstMs: at[0] as number,
    lastMs: at[count - 1] as number,
    metrics: table.metrics.map((column) => sumOf(column, count)),
  };
}

function sumOf(column: Float64Array, length: number): MetricSum | null {
  let count = 0;
  let sum = 0;
  let last = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < length; index += 1) {
    const value = column[index] as number;
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    last = value;
  }
  return count === 0 ? null : { count, sum: withoutDust(sum), min, max, last };
}

/** Values are hundredths as a rule, and so is their sum, but for what adding them up left behind; without it, it packs well. */
export function withoutDust(sum: number): number {
  const hundredths = Math.round(sum * 100) / 100;
  return Math.abs(hundredths - sum) <= Math.abs(sum) * 1e-13 ? hundredths : sum;
}
