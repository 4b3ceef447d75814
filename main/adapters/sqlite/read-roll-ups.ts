import { type SampleMetric, sampleMetrics } from '../../contract/sample.ts';
import type { RollUpQuery, StoredRollUps } from '../../engine/ports/metrics-store.ts';
import { dayKey, dayOfHour, firstHourOf, hourOf } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { rollUpColumns } from './roll-up-columns.ts';
import { bucketMs, dayMs } from './roll-up-entry.ts';
import { RollUpTable } from './roll-up-table.ts';
import type { Series } from './series-book.ts';

/** Hours or days of one machine or many, settled ones as they were written down, the others from their samples. */
export function readRollUps(metrics: PackedMetrics, query: RollUpQuery): readonly StoredRollUps[] {
  const { source, level, points = Number.POSITIVE_INFINITY } = query;
  const wanted = sampleMetrics.map((metric: SampleMetric) => query.metrics.includes(metric));
  const newestMs = metrics.presentMs ?? Number.NEGATIVE_INFINITY;
  const stored = storedDays(metrics, query);
  const [found, hours] = [new RollUpTable(wanted), new RollUpTable(wanted)];
  return query.machineIds.flatMap((machineId): readonly StoredRollUps[] => {
    const series = metrics.series.byName(machineId, source);
    if (series === undefined) return [];
    found.clear();
    const days = daysWith(metrics, series, query, stored);
    for (const day of days.all) {
      const before = found.count;
      if (level === 'hourly') takeHours(metrics, series, day, days, found);
      else takeDay(metrics, series, day, days, found, hours);
      for (let at = before; at < found.count; at += 1) {
        const startMs = day * dayMs + (found.start[at] as number) * bucketMs[level];
        found.start[at] = startMs;
        found.end[at] = startMs + bucketMs[level];
      }
    }
    keepWithin(found, query);
    return found.count === 0
      ? []
      : [rollUpColumns(found, { machineId, source, metrics: query.metrics, points, newestMs })];
  });
}

type Range = Pick<RollUpQuery, 'fromMs' | 'toMs'>;

/** Days that series may have anything of. */
interface KnownDays {
  /** In order. */
  readonly all: readonly number[];
  /** Those of which samples came that are not folded yet. */
  readonly open: ReadonlySet<number>;
}

/** The first and the last hour of the days that share time with it: where in its last one it ends does not matter to a day. */
function wholeDays({ fromMs, toMs }: Range): readonly [number, number] {
  const first = firstHourOf(dayOfHour(hourOf(fromMs)));
  return [first, firstHourOf(dayOfHour(hourOf(Math.ceil(toMs) - 1)) + 1) - 1];
}

/** The days that the tables have rows of, in order: the same for all series, so that it is looked up once. */
function storedDays({ blocks, hours, days }: PackedMetrics, range: Range): readonly number[] {
  const [first, last] = wholeDays(range);
  const found = new Set<number>();
  for (const table of [days, hours, blocks]) for (const hour of table.hours(first, last)) found.add(dayOfHour(hour));
  return [...found].sort((one, other) => one - other);
}

function daysWith(metrics: PackedMetrics, series: Series, range: Range, stored: readonly number[]): KnownDays {
  const [first, last] = wholeDays(range);
  const openHours = metrics.open.hours(series).filter((hour) => hour >= first && hour <= last);
  const open = new Set(openHours.map(dayOfHour));
  const all = [...open].every((day) => stored.includes(day))
    ? stored
    : [...new Set([...stored, ...open])].sort((one, other) => one - other);
  return { all, open };
}

/** Adds the hours of a day, each at its place in it. */
function takeHours(metrics: PackedMetrics, series: Series, day: number, { open }: KnownDays, into: RollUpTable): void {
  if (!open.has(day) && metrics.take(metrics.hours, dayKey(day, series.id), into)) return;
  metrics.hoursFromSamples(series, day, into);
}

/** Adds a day; `hours` is to be used where it has to be made of them. */
function takeDay(
  metrics: PackedMetrics,
  series: Series,
  day: number,
  days: KnownDays,
  into: RollUpTable,
  hours: RollUpTable,
): void {
  if (!days.open.has(day) && metrics.take(metrics.days, dayKey(day, series.id), into)) return;
  hours.clear();
  takeHours(metrics, series, day, days, hours);
  if (hours.count === 0) return;
  into.putMerged(hours, 0, hours.count);
  into.start[into.count - 1] = 0;
}

/** Only what shares time with the range. */
function keepWithin(table: RollUpTable, { fromMs, toMs }: Range): void {
  let [from, to] = [0, table.count];
  while (from < to && (table.end[from] as number) <= fromMs) from += 1;
  while (to > from && (table.start[to - 1] as number) >= toMs) to -= 1;
  if (to - from < table.count) table.keep(from, to);
}
