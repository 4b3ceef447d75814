import { type SampleMetric, sampleMetrics } from '../../contract/sample.ts';
import type { RollUpQuery, StoredRollUps } from '../../engine/ports/metrics-store.ts';
import { dayKey, dayOfHour, firstHourOf, hourOf } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { rollUpColumns } from './roll-up-columns.ts';
import { bucketMs, dayMs } from './roll-up-entry.ts';
import { RollUpTable } from './roll-up-table.ts';
import type { Series } from './series-book.ts';

/** So many buckets of several series are read together, each series into a table of its own: a few megabytes. */
const mostBuckets = 24_576;
/** Where fewer of all series than one in so many are asked for, each of their rows is looked up by itself. */
const sparseShare = 4;

/** Hours or days of one machine or many, settled ones as they were written down, the others from their samples. */
export function readRollUps(metrics: PackedMetrics, query: RollUpQuery): readonly StoredRollUps[] {
  const { source, machineIds } = query;
  const stored = storedDays(metrics, query);
  const asked = machineIds.flatMap((machineId) => metrics.series.byName(machineId, source) ?? []);
  // As their rows lie in the tables.
  const inOrder = [...new Set(asked)].sort((one, other) => dayKey(0, one.id) - dayKey(0, other.id));
  const isSparse = inOrder.length * sparseShare < metrics.series.count;
  const room = (stored.length + 1) * (dayMs / bucketMs[query.level]);
  const together = isSparse ? 1 : Math.max(1, Math.floor(mostBuckets / room));
  const wanted = sampleMetrics.map((metric: SampleMetric) => query.metrics.includes(metric));
  const tables: RollUpTable[] = [];
  const answers = new Map<Series, StoredRollUps>();
  for (let from = 0; from < inOrder.length; from += together) {
    const some = inOrder.slice(from, from + together);
    while (tables.length < some.length) tables.push(new RollUpTable(wanted, room));
    takeTogether(metrics, query, stored, some, tables);
    for (const [place, series] of some.entries()) {
      const answer = answerOf(tables[place] as RollUpTable, metrics, query, series);
      if (answer !== null) answers.set(series, answer);
    }
  }
  return asked.flatMap((series) => answers.get(series) ?? []);
}

/** Fills a table for each of some series, day by day, because the rows of a day lie beside each other. */
function takeTogether(
  metrics: PackedMetrics,
  query: RollUpQuery,
  stored: readonly number[],
  some: readonly Series[],
  tables: readonly RollUpTable[],
): void {
  const { level } = query;
  const packed = level === 'hourly' ? metrics.hours : metrics.days;
  const known = some.map((series) => daysWith(metrics, series, query, stored));
  const days = known.every(({ all }) => all === stored)
    ? stored
    : [...new Set(known.flatMap(({ all }) => all))].sort((one, other) => one - other);
  const hours = new RollUpTable((tables[0] as RollUpTable).metrics.map((metric) => metric !== null));
  for (const table of tables) table.clear();
  for (const day of days) {
    const keys = some.map(({ id }) => dayKey(day, id));
    const rows = packed.getNear(keys);
    for (const [place, series] of some.entries()) {
      const [found, { open }] = [tables[place] as RollUpTable, known[place] as KnownDays];
      const before = found.count;
      const isWritten = !open.has(day) && metrics.take(keys[place] as number, rows[place] ?? null, found);
      if (!isWritten && level === 'hourly') metrics.hoursFromSamples(series, day, found);
      else if (!isWritten) takeDay(metrics, series, day, open, found, hours);
      for (let at = before; at < found.count; at += 1) {
        const startMs = day * dayMs + (found.start[at] as number) * bucketMs[level];
        found.start[at] = startMs;
        found.end[at] = startMs + bucketMs[level];
      }
    }
  }
}

/** Null when nothing was found. */
function answerOf(
  found: RollUpTable,
  metrics: PackedMetrics,
  query: RollUpQuery,
  { machineId }: Series,
): StoredRollUps | null {
  const { source, points = Number.POSITIVE_INFINITY } = query;
  const newestMs = metrics.presentMs ?? Number.NEGATIVE_INFINITY;
  keepWithin(found, query);
  return found.count === 0
    ? null
    : rollUpColumns(found, { machineId, source, metrics: query.metrics, points, newestMs });
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

/** Adds a day that is not written down, of its hours; `hours` is to be used for them. */
function takeDay(
  metrics: PackedMetrics,
  series: Series,
  day: number,
  open: ReadonlySet<number>,
  into: RollUpTable,
  hours: RollUpTable,
): void {
  const key = dayKey(day, series.id);
  hours.clear();
  if (open.has(day) || !metrics.take(key, metrics.hours.get(key), hours)) metrics.hoursFromSamples(series, day, hours);
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
