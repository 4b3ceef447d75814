import { dayOfHour, firstHourOf, foldsAtMs, hourKey } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { hourMs } from './roll-up-entry.ts';
import { packBlock } from './sample-block.ts';
import type { Series } from './series-book.ts';
import { isSettled, settleDay } from './settle-day.ts';
import type { TickJournal } from './tick-journal.ts';

/** So many hours of series in one transaction, so that a question that comes meanwhile waits a moment only. */
const foldsAtOnce = 64;
const lastSlot = 23;
/** `NORMAL` by its number. */
const flushedAtCheckpoints = 1;

interface Due {
  readonly series: Series;
  readonly hour: number;
}

/**
 * Folds hours that are over into blocks, and days that are over into hours and days: at most so many at once, in one
 * transaction, together with the ticks that are needed no longer. Killed at any moment, the ticks hold what the blocks do
 * not; folding the same again changes nothing. True while there is more to fold.
 */
export function foldTicks(metrics: PackedMetrics, ticks: TickJournal): boolean {
  const due = dueHours(metrics);
  if (due.length === 0) return false;
  const some = due.slice(0, foldsAtOnce);
  const taken = some.map(({ series, hour }) => series.open.get(hour));
  const fold = metrics.db.transaction(() => {
    for (const { series, hour } of some) foldHour(metrics, series, hour);
    // Open no longer, as far as the ticks are concerned; put back if this is not committed.
    for (const { series, hour } of some) series.open.delete(hour);
    ticks.removeFolded();
  });
  const flushing = Number(metrics.db.pragma('synchronous', { simple: true }));
  try {
    // Not flushed: the ticks hold it all until the next one is, and that flush takes this along.
    metrics.db.pragma(`synchronous = ${Math.min(flushing, flushedAtCheckpoints)}`);
    fold.immediate();
  } catch (error) {
    for (const [index, { series, hour }] of some.entries()) {
      const open = taken[index];
      if (open !== undefined) series.open.set(hour, open);
    }
    // What the tables believe to have must be what the disk has.
    for (const table of [metrics.blocks, metrics.hours, metrics.days]) table.look();
    throw error;
  } finally {
    metrics.db.pragma(`synchronous = ${flushing}`);
  }
  return due.length > some.length;
}

function dueHours({ series: book, presentMs }: PackedMetrics): readonly Due[] {
  if (presentMs === null) return [];
  const due: Due[] = [];
  for (const series of book.all()) {
    for (const hour of series.open.keys()) {
      // An hour that the clock has left behind by being set back is over as well.
      if (presentMs >= foldsAtMs(hour, series.id) || presentMs < (hour - 1) * hourMs) due.push({ series, hour });
    }
  }
  return due.sort((one, other) => one.hour - other.hour);
}

function foldHour(metrics: PackedMetrics, series: Series, hour: number): void {
  const table = metrics.samples(series, hour);
  if (table === null) return;
  metrics.blocks.put(hourKey(hour, series.id), packBlock(table));
  // With other hours open, the newest sample still lies in a tick that stays.
  if (series.open.size === 1) metrics.series.saveNewest(series);
  const day = dayOfHour(hour);
  if (hour === firstHourOf(day) + lastSlot || isSettled(metrics, series, day)) settleDay(metrics, series, day);
}
