import { type SampleMetric, type SampleSource, sampleMetrics } from '../../contract/sample.ts';
import type { RolledUpColumns, StoredRollUps } from '../../engine/ports/metrics-store.ts';
import { RollUpTable } from './roll-up-table.ts';

export interface ColumnsOptions {
  readonly machineId: string;
  readonly source: SampleSource;
  readonly metrics: readonly SampleMetric[];
  /** At most so many buckets. */
  readonly points: number;
  /** Of all that is stored, the newest reading: what has not ended by then is not over. */
  readonly newestMs: number;
}

/** Of a bucket's time, how much may lie before its first reading or behind its last one. */
const unseenShare = 0.1;

/** The same, as the port has it. Neighbours are joined where there are more than `points`: sums add up, extremes survive. */
export function rollUpColumns(table: RollUpTable, options: ColumnsOptions): StoredRollUps {
  const found = table.count <= options.points ? table : joined(table, options);
  const { count } = found;
  return {
    machineId: options.machineId,
    source: options.source,
    startMs: found.start.slice(0, count),
    endMs: found.end.slice(0, count),
    readings: new Uint32Array(found.readings.subarray(0, count)),
    failed: new Uint32Array(found.failed.subarray(0, count)),
    partial: partialOf(found, options.newestMs),
    metrics: Object.fromEntries(options.metrics.map((metric) => [metric, columnsOf(found, metric)])),
  };
}

function columnsOf({ metrics, count }: RollUpTable, metric: SampleMetric): RolledUpColumns {
  const columns = metrics[sampleMetrics.indexOf(metric)] ?? null;
  if (columns === null) throw new TypeError(`no columns of ${metric}`);
  return {
    // What is not known counts 0.
    count: new Uint32Array(columns.count.subarray(0, count)),
    sum: columns.sum.slice(0, count),
    min: columns.min.slice(0, count),
    max: columns.max.slice(0, count),
    last: columns.last.slice(0, count),
  };
}

function partialOf({ count, start, end, firstMs, lastMs }: RollUpTable, newestMs: number): Uint8Array {
  const partial = new Uint8Array(count);
  for (let at = 0; at < count; at += 1) {
    const [startMs, endMs] = [start[at] as number, end[at] as number];
    const slackMs = (endMs - startMs) * unseenShare;
    const latestMs = endMs - slackMs;
    if (newestMs < latestMs || (firstMs[at] as number) > startMs + slackMs || (lastMs[at] as number) < latestMs) {
      partial[at] = 1;
    }
  }
  return partial;
}

/** Of equal stretches of time, the buckets in it as one. */
function joined(table: RollUpTable, { points, metrics }: ColumnsOptions): RollUpTable {
  const { count, start, end } = table;
  const [firstMs, lastMs] = [start[0] as number, end[count - 1] as number];
  const bucketMs = (end[0] as number) - firstMs;
  const groupMs = Math.ceil((lastMs - firstMs) / bucketMs / points) * bucketMs;
  const groupOf = (at: number): number => Math.floor(((start[at] as number) - firstMs) / groupMs);
  const found = new RollUpTable(
    sampleMetrics.map((metric) => metrics.includes(metric)),
    points,
  );
  let from = 0;
  for (let at = 1; at <= count; at += 1) {
    if (at < count && groupOf(at) === groupOf(from)) continue;
    found.putMerged(table, from, at);
    from = at;
  }
  return found;
}
