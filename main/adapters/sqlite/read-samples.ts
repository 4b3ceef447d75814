import type { SampleSlice, StoredSample } from '../../engine/ports/metrics-store.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { SampleTable } from './sample-table.ts';

/** A part of one series; both ends of the range may be among its samples. */
type SeriesPart = Omit<SampleSlice, 'limit'>;

/** The samples of a table from one place on and before another; good until the next stretch is asked for. */
interface Stretch {
  readonly table: SampleTable;
  readonly from: number;
  readonly to: number;
}

/** Every sample of a part of one series, oldest first, an hour unpacked at a time. */
export function* samplesOf(metrics: PackedMetrics, part: SeriesPart): Generator<StoredSample> {
  for (const { table, from, to } of stretchesOf(metrics, part)) {
    for (let place = from; place < to; place += 1) yield table.sample(place, part.machineId, part.source);
  }
}

/** The first of them at once: much cheaper than to hand over one after another. */
export function firstSamplesOf(metrics: PackedMetrics, { limit, ...part }: SampleSlice): readonly StoredSample[] {
  const { machineId, source } = part;
  const found: StoredSample[] = [];
  for (const { table, from, to } of stretchesOf(metrics, part)) {
    const end = Math.min(to, from + limit - found.length);
    for (let place = from; place < end; place += 1) found.push(table.sample(place, machineId, source));
    if (found.length >= limit) break;
  }
  return found;
}

function* stretchesOf(metrics: PackedMetrics, { machineId, source, fromMs, toMs }: SeriesPart): Generator<Stretch> {
  const series = metrics.series.byName(machineId, source);
  if (series === undefined) return;
  const atHand = new SampleTable(128);
  for (const hour of metrics.hoursOf(series, fromMs, toMs)) {
    const table = metrics.samples(series, hour, atHand);
    if (table === null) continue;
    const from = table.firstFrom(fromMs);
    let to = table.count;
    while (to > from && (table.at[to - 1] as number) > toMs) to -= 1;
    if (to > from) yield { table, from, to };
  }
}
