import type { SampleSlice, StoredSample } from '../../engine/ports/metrics-store.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import type { SampleStretch } from './sample-stretch.ts';
import { SampleTable } from './sample-table.ts';

/** A part of one series; both ends of the range may be among its samples. */
type SeriesPart = Omit<SampleSlice, 'limit'>;

/** As many as an hour has as a rule. */
const usualHour = 64;
/** Of so many the bytes are in memory together. */
const mostHoursAtOnce = 240;

/** Every sample of a part of one series, oldest first, an hour unpacked at a time. */
export function* samplesOf(metrics: PackedMetrics, part: SeriesPart): Generator<StoredSample> {
  for (const { table, from, to } of stretchesOf(metrics, part)) {
    for (let place = from; place < to; place += 1) yield table.sample(place, part.machineId, part.source);
  }
}

/** The first of them at once, in a table of their own: much cheaper than to hand over one after another. */
export function firstSamplesOf(
  metrics: PackedMetrics,
  { machineId, source, fromMs, toMs, limit }: SampleSlice,
): SampleStretch {
  const series = metrics.series.byName(machineId, source);
  const hours = series === undefined ? [] : metrics.hoursOf(series, fromMs, toMs);
  const table = new SampleTable(Math.min(hours.length * usualHour, limit + usualHour));
  const atOnce = Math.min(mostHoursAtOnce, Math.ceil(limit / usualHour) + 1);
  for (let first = 0; series !== undefined && first < hours.length; first += atOnce) {
    metrics.addSamples(series, hours.slice(first, first + atOnce), table);
    if (table.count - table.firstFrom(fromMs) >= limit) break;
  }
  const from = table.firstFrom(fromMs);
  return { table, from, to: Math.min(table.firstAfter(toMs), from + limit) };
}

/** The same hour by hour, in one piece of memory however many there are. */
export function* stretchesOf(
  metrics: PackedMetrics,
  { machineId, source, fromMs, toMs }: SeriesPart,
): Generator<SampleStretch> {
  const series = metrics.series.byName(machineId, source);
  if (series === undefined) return;
  const atHand = new SampleTable(128);
  for (const hour of metrics.hoursOf(series, fromMs, toMs)) {
    const table = metrics.samples(series, hour, atHand);
    if (table === null) continue;
    const [from, to] = [table.firstFrom(fromMs), table.firstAfter(toMs)];
    if (to > from) yield { table, from, to };
  }
}
