import { type SampleMetric, sampleMetrics } from '../../contract/sample.ts';
import type { RollUpQuery, StoredRollUps } from '../../engine/ports/metrics-store.ts';
import { dayKey, dayOfHour, firstHourOf, hourOf } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import type { SlottedEntry } from './roll-up-block.ts';
import { type PlacedEntry, rollUpColumns } from './roll-up-columns.ts';
import { dayMs, hourMs, mergeEntries, type RollUpEntry } from './roll-up-entry.ts';
import type { Series } from './series-book.ts';

/** Hours or days of one machine or many, settled ones as they were written down, the others from their samples. */
export function readRollUps(metrics: PackedMetrics, query: RollUpQuery): readonly StoredRollUps[] {
  const { source, points = Number.POSITIVE_INFINITY } = query;
  const wanted = sampleMetrics.map((metric: SampleMetric) => query.metrics.includes(metric));
  const newestMs = metrics.presentMs ?? Number.NEGATIVE_INFINITY;
  const stored = storedDays(metrics, query);
  return query.machineIds.flatMap((machineId): readonly StoredRollUps[] => {
    const series = metrics.series.byName(machineId, source);
    if (series === undefined) return [];
    const days = daysWith(metrics, series, query, stored);
    const placed =
      query.level === 'hourly' ? hoursOf(metrics, series, query, wanted, days) : daysOf(metrics, series, wanted, days);
    return placed.length === 0
      ? []
      : [rollUpColumns(placed, { machineId, source, metrics: query.metrics, points, newestMs })];
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

function hoursOf(
  metrics: PackedMetrics,
  series: Series,
  range: Range,
  wanted: readonly boolean[],
  days: KnownDays,
): readonly PlacedEntry[] {
  return days.all.flatMap((day) => {
    const startMs = day * dayMs;
    return hoursOfDay(metrics, series, day, wanted, days)
      .map(({ slot, entry }) => ({ startMs: startMs + slot * hourMs, endMs: startMs + (slot + 1) * hourMs, entry }))
      .filter((placed) => placed.endMs > range.fromMs && placed.startMs < range.toMs);
  });
}

function hoursOfDay(
  metrics: PackedMetrics,
  series: Series,
  day: number,
  wanted: readonly boolean[] | null,
  { open }: KnownDays,
): readonly SlottedEntry[] {
  const settled = open.has(day) ? null : metrics.entries(metrics.hours, dayKey(day, series.id), wanted);
  return settled ?? metrics.hoursFromSamples(series, day);
}

function daysOf(
  metrics: PackedMetrics,
  series: Series,
  wanted: readonly boolean[],
  days: KnownDays,
): readonly PlacedEntry[] {
  const placed: PlacedEntry[] = [];
  for (const day of days.all) {
    const entry = dayEntry(metrics, series, day, wanted, days);
    if (entry !== null) placed.push({ startMs: day * dayMs, endMs: (day + 1) * dayMs, entry });
  }
  return placed;
}

function dayEntry(
  metrics: PackedMetrics,
  series: Series,
  day: number,
  wanted: readonly boolean[],
  days: KnownDays,
): RollUpEntry | null {
  if (!days.open.has(day)) {
    const settled = metrics.entries(metrics.days, dayKey(day, series.id), wanted)?.[0];
    if (settled !== undefined) return settled.entry;
  }
  return mergeEntries(hoursOfDay(metrics, series, day, wanted, days).map(({ entry }) => entry));
}
