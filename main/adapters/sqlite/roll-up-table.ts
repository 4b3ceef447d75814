import { sampleMetrics } from '../../contract/sample.ts';
import { type RollUpEntry, withoutDust } from './roll-up-entry.ts';

/** What one value did, bucket by bucket; NaN where it was never known. */
export interface MetricColumns {
  count: Float64Array;
  sum: Float64Array;
  min: Float64Array;
  max: Float64Array;
  last: Float64Array;
}

const heads = ['start', 'end', 'readings', 'failed', 'firstMs', 'lastMs'] as const;
const fields = ['count', 'sum', 'min', 'max', 'last'] as const;
const allMetrics: readonly boolean[] = sampleMetrics.map(() => true);

/**
 * Hours or days of one series as columns, oldest first: thousands of them are read for one picture, and an object for each
 * would cost more than all the rest. `start` and `end` are moments, or places within a day as they are packed.
 */
export class RollUpTable {
  count = 0;
  start: Float64Array;
  end: Float64Array;
  readings: Float64Array;
  failed: Float64Array;
  firstMs: Float64Array;
  lastMs: Float64Array;
  /** In the order of `sampleMetrics`; null for those that are not wanted. */
  readonly metrics: readonly (MetricColumns | null)[];

  constructor(wanted: readonly boolean[] = allMetrics, room = 32) {
    const column = (): Float64Array => new Float64Array(room);
    this.start = column();
    this.end = column();
    this.readings = column();
    this.failed = column();
    this.firstMs = column();
    this.lastMs = column();
    this.metrics = sampleMetrics.map((_, index) =>
      wanted[index] === true ? { count: column(), sum: column(), min: column(), max: column(), last: column() } : null,
    );
  }

  clear(): void {
    this.count = 0;
  }

  /** Room for so many more. */
  makeRoom(more: number): void {
    if (this.count + more <= this.start.length) return;
    const room = Math.max(2 * this.start.length, this.count + more);
    const longer = (column: Float64Array): Float64Array => {
      const found = new Float64Array(room);
      found.set(column);
      return found;
    };
    for (const head of heads) this[head] = longer(this[head]);
    for (const metric of this.metrics) {
      if (metric !== null) for (const field of fields) metric[field] = longer(metric[field]);
    }
  }

  /** One more bucket. */
  put(start: number, end: number, entry: RollUpEntry): void {
    this.makeRoom(1);
    const at = this.count;
    this.start[at] = start;
    this.end[at] = end;
    this.readings[at] = entry.readings;
    this.failed[at] = entry.failed;
    this.firstMs[at] = entry.firstMs;
    this.lastMs[at] = entry.lastMs;
    for (const [index, columns] of this.metrics.entries()) {
      if (columns === null) continue;
      const metric = entry.metrics[index] ?? null;
      columns.count[at] = metric?.count ?? Number.NaN;
      columns.sum[at] = metric?.sum ?? Number.NaN;
      columns.min[at] = metric?.min ?? Number.NaN;
      columns.max[at] = metric?.max ?? Number.NaN;
      columns.last[at] = metric?.last ?? Number.NaN;
    }
    this.count += 1;
  }

  /** One more bucket: those of another table from one place on and before another, at least one, taken together. */
  putMerged(of: RollUpTable, from: number, to: number): void {
    this.makeRoom(1);
    const at = this.count;
    let [readings, failed] = [0, 0];
    for (let each = from; each < to; each += 1) {
      readings += of.readings[each] as number;
      failed += of.failed[each] as number;
    }
    this.start[at] = of.start[from] as number;
    this.end[at] = of.end[to - 1] as number;
    this.readings[at] = readings;
    this.failed[at] = failed;
    this.firstMs[at] = of.firstMs[from] as number;
    this.lastMs[at] = of.lastMs[to - 1] as number;
    for (let index = 0; index < this.metrics.length; index += 1) {
      const [into, columns] = [this.metrics[index] ?? null, of.metrics[index] ?? null];
      if (into !== null && columns !== null) mergeInto(into, at, columns, from, to);
    }
    this.count += 1;
  }

  /** Leaves only the buckets from one place on and before another. */
  keep(from: number, to: number): void {
    if (from > 0) {
      for (const head of heads) this[head].copyWithin(0, from, to);
      for (const metric of this.metrics) {
        if (metric !== null) for (const field of fields) metric[field].copyWithin(0, from, to);
      }
    }
    this.count = Math.max(0, to - from);
  }
}

function mergeInto(into: MetricColumns, at: number, of: MetricColumns, from: number, to: number): void {
  let [count, sum, last] = [0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let each = from; each < to; each += 1) {
    const known = of.count[each] as number;
    if (!(known > 0)) continue;
    count += known;
    sum += of.sum[each] as number;
    const [low, high] = [of.min[each] as number, of.max[each] as number];
    if (low < min) min = low;
    if (high > max) max = high;
    last = of.last[each] as number;
  }
  const isKnown = count > 0;
  into.count[at] = isKnown ? count : Number.NaN;
  into.sum[at] = isKnown ? withoutDust(sum) : Number.NaN;
  into.min[at] = isKnown ? min : Number.NaN;
  into.max[at] = isKnown ? max : Number.NaN;
  into.last[at] = isKnown ? last : Number.NaN;
}
