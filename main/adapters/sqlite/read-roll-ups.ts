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
  return query.machineIds.flatMap((machineId): readonly StoredRollUps[] => {
    const series = metrics.series.byName(machineId, source);
    if (series === undefined) return [];
    const placed =
      query.level === 'hourly' ? hoursOf(metrics, series, query, wanted) : daysOf(metrics, series, query, wanted);
    return placed.length === 0
      ? []
      : [rollUpColumns(placed, { machineId, source, metrics: query.metrics, points, newestMs })];
  });
}

type Range = Pick<RollUpQuery, 'fromMs' | 'toMs'>;

/** Days that a series may have anything of, in order. */
function knownDays(metrics: PackedMetrics, series: Series, { fromMs, toMs }: Range): readonly number[] {
  // Whole days: where in its last one the range ends does not matter to it.
  const first = firstHourOf(dayOfHour(hourOf(fromMs)));
  const last = firstHourOf(dayOfHour(hourOf(Math.ceil(toMs) - 1)) + 1) - 1;
  const hours = [
    ...metrics.days.hours(first, last),
    ...metrics.hours.hours(first, last),
    ...metrics.hoursOf(series, first * hourMs, (last + 1) * hourMs - 1),
  ];
  return [...new Set(hours.map(dayOfHour))].sort((one, other) => one - other);
}

/** Whether samples came of a day that are not folded yet. */
function isOpen({ open }: PackedMetrics, series: Series, day: number): boolean {
  return open.hours(series).some((hour) => dayOfHour(hour) === day);
}

function hoursOf(
  metrics: PackedMetrics,
  series: Series,
  range: Range,
  wanted: readonly boolean[],
): readonly PlacedEntry[] {
  return knownDays(metrics, series, range).flatMap((day) => {
    const startMs = day * dayMs;
    return hoursOfDay(metrics, series, day, wanted)
      .map(({ slot, entry }) => ({ startMs: startMs + slot * hourMs, endMs: startMs + (slot + 1) * hourMs, entry }))
      .filter((placed) => placed.endMs > range.fromMs && placed.startMs < range.toMs);
  });
}

function hoursOfDay(
  metrics: PackedMetrics,
  series: Series,
  day: number,
  wanted: readonly boolean[] | null,
): readonly SlottedEntry[] {
  const settled = isOpen(metrics, series, day) ? null : metrics.entries(metrics.hours, dayKey(day, series.id), wanted);
  return settled ?? metrics.hoursFromSamples(series, day);
}

function daysOf(
  metrics: PackedMetrics,
  series: Series,
  range: Range,
  wanted: readonly boolean[],
): readonly PlacedEntry[] {
  return knownDays(metrics, series, range).flatMap((day): readonly PlacedEntry[] => {
    const entry = dayEntry(metrics, series, day, wanted);
    return entry === null ? [] : [{ startMs: day * dayMs, endMs: (day + 1) * dayMs, entry }];
  });
}

function dayEntry(metrics: PackedMetrics, series: Series, day: number, wanted: readonly boolean[]): RollUpEntry | null {
  if (!isOpen(metrics, series, day)) {
    const settled = metrics.entries(metrics.days, dayKey(day, series.id), wanted)?.[0];
    if (settled !== undefined) return settled.entry;
  }
  return mergeEntries(hoursOfDay(metrics, series, day, wanted).map(({ entry }) => entry));
}
