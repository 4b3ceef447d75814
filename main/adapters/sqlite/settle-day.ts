import { dayKey, firstHourOf } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { packEntries } from './roll-up-block.ts';
import { mergeEntries } from './roll-up-entry.ts';
import type { Series } from './series-book.ts';

/**
 * Writes down a day's hours and the day itself, as part of the transaction that is open. A pure function of the day's
 * samples: settling a day again, after a late reading, puts right what was there. Only while its samples are all there.
 */
export function settleDay(metrics: PackedMetrics, series: Series, day: number): void {
  const hours = metrics.hoursFromSamples(series, day);
  const entry = mergeEntries(hours.map((hour) => hour.entry));
  if (entry === null) return;
  const key = dayKey(day, series.id);
  metrics.hours.put(key, packEntries(hours));
  metrics.days.put(key, packEntries([{ slot: 0, entry }]));
}

export function isSettled(metrics: PackedMetrics, series: Series, day: number): boolean {
  const first = firstHourOf(day);
  // Of the present day nothing is, which is known without a look at the file.
  return metrics.days.hours(first, first).length > 0 && metrics.days.get(dayKey(day, series.id)) !== null;
}
