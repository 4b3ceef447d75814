import { dayKey, firstHourOf } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { packRollUps } from './roll-up-block.ts';
import { RollUpTable } from './roll-up-table.ts';
import type { Series } from './series-book.ts';

/** Of the day at hand: thousands are settled one after another. */
const hours = new RollUpTable();
const whole = new RollUpTable();

/**
 * Writes down a day's hours and the day itself, as part of the transaction that is open. A pure function of the day's
 * samples: settling a day again, after a late reading, puts right what was there. Only while its samples are all there.
 */
export function settleDay(metrics: PackedMetrics, series: Series, day: number): void {
  hours.clear();
  metrics.hoursFromSamples(series, day, hours);
  if (hours.count === 0) return;
  whole.clear();
  whole.putMerged(hours, 0, hours.count);
  whole.start[0] = 0;
  const key = dayKey(day, series.id);
  metrics.hours.put(key, packRollUps(hours));
  metrics.days.put(key, packRollUps(whole));
}

export function isSettled(metrics: PackedMetrics, series: Series, day: number): boolean {
  const first = firstHourOf(day);
  // Of the present day nothing is, which is known without a look at the file.
  return metrics.days.hours(first, first).length > 0 && metrics.days.get(dayKey(day, series.id)) !== null;
}
