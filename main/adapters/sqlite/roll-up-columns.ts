import { type SampleMetric, type SampleSource, sampleMetrics } from '../../contract/sample.ts';
import type { RolledUpColumns, StoredRollUps } from '../../engine/ports/metrics-store.ts';
import { mergeEntries, type RollUpEntry } from './roll-up-entry.ts';

/** One bucket with its place in time. */
export interface PlacedEntry {
  readonly startMs: number;
  readonly endMs: number;
  readonly entry: RollUpEntry;
}

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

/** Buckets, oldest first, as columns. Neighbours are joined where there are more than `points`: sums add up, extremes survive. */
export function rollUpColumns(entries: readonly PlacedEntry[], options: ColumnsOptions): StoredRollUps {
  const placed = joined(entries, options.points);
  return {
    machineId: options.machineId,
    source: options.source,
    startMs: Float64Array.from(placed, ({ startMs }) => startMs),
    endMs: Float64Array.from(placed, ({ endMs }) => endMs),
    readings: Uint32Array.from(placed, ({ entry }) => entry.readings),
    failed: Uint32Array.from(placed, ({ entry }) => entry.failed),
    partial: Uint8Array.from(placed, (bucket) => (isPartial(bucket, options.newestMs) ? 1 : 0)),
    metrics: Object.fromEntries(options.metrics.map((metric) => [metric, columnsOf(placed, metric)])),
  };
}

function columnsOf(placed: readonly PlacedEntry[], metric: SampleMetric): RolledUpColumns {
  const index = sampleMetrics.indexOf(metric);
  const column = (field: 'sum' | 'min' | 'max' | 'last'): Float64Array =>
    Float64Array.from(placed, ({ entry }) => entry.metrics[index]?.[field] ?? Number.NaN);
  return {
    count: Uint32Array.from(placed, ({ entry }) => entry.metrics[index]?.count ?? 0),
    sum: column('sum'),
    min: column('min'),
    max: column('max'),
    last: column('last'),
  };
}

function isPartial({ startMs, endMs, entry }: PlacedEntry, newestMs: number): boolean {
  const slackMs = (endMs - startMs) * unseenShare;
  return newestMs < endMs - slackMs || entry.firstMs > startMs + slackMs || entry.lastMs < endMs - slackMs;
}

/** Of equal stretches of time, the buckets in it as one. */
function joined(entries: readonly PlacedEntry[], points: number): readonly PlacedEntry[] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined || entries.length <= points) return entries;
  const perGroup = Math.ceil((last.endMs - first.startMs) / (first.endMs - first.startMs) / points);
  const groupMs = perGroup * (first.endMs - first.startMs);
  const groups = new Map<number, PlacedEntry[]>();
  for (const placed of entries) {
    const group = Math.floor((placed.startMs - first.startMs) / groupMs);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [placed]);
    else members.push(placed);
  }
  return [...groups.values()].flatMap((members): readonly PlacedEntry[] => {
    const [begin, end] = [members[0], members.at(-1)];
    const entry = mergeEntries(members.map((member) => member.entry));
    return begin === undefined || end === undefined || entry === null
      ? []
      : [{ startMs: begin.startMs, endMs: end.endMs, entry }];
  });
}
