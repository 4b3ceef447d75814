import { dayOfHour, firstHourOf, hourKey } from './block-key.ts';
import type { SeriesHour } from './open-ticks.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { rollUpTable } from './roll-up-entry.ts';
import { packBlock } from './sample-block.ts';
import { SampleTable } from './sample-table.ts';
import { isSettled, settleDay } from './settle-day.ts';
import type { TickJournal } from './tick-journal.ts';

/** So many hours of series in one transaction, so that a question that comes meanwhile waits a moment only. */
const foldsAtOnce = 96;
const lastSlot = 23;
/** Of the series that is folded: a new one for each would cost more than to fold it. */
const hourAtHand = new SampleTable(128);
/** `NORMAL` by its number. */
const flushedAtCheckpoints = 1;

/** Folds hours that are over into blocks, and days that are over into hours and days. */
export interface Folding {
  isDue(): boolean;
  /**
   * At most so many at once, in one transaction, together with the ticks that are needed no longer. Killed at any moment,
   * the ticks hold what the blocks do not; folding the same again changes nothing. True while there may be more to fold.
   */
  foldSome(): boolean;
}

export function createFolding(metrics: PackedMetrics, ticks: TickJournal): Folding {
  const { db, open } = metrics;
  const flushing = Number(db.pragma('synchronous', { simple: true }));
  const flushAs = (mode: number): void => void db.exec(`PRAGMA synchronous = ${mode}`);
  let undo: (() => void)[] = [];
  const fold = db.transaction((due: readonly SeriesHour[]) => {
    for (const each of due) foldHour(metrics, each, undo);
    ticks.removeFolded();
  });

  const due = (most: number): readonly SeriesHour[] =>
    metrics.presentMs === null ? [] : open.due(metrics.presentMs, most);

  const foldSome = (): boolean => {
    const folding = due(foldsAtOnce);
    if (folding.length === 0) return false;
    const newest = folding.map(({ series }) => series.newest);
    undo = [];
    try {
      // Not flushed: the ticks hold it all until the next one is, and that flush takes this along.
      flushAs(Math.min(flushing, flushedAtCheckpoints));
      fold.immediate(folding);
      open.sweep();
    } catch (error) {
      for (const each of undo) each();
      for (const [index, { series }] of folding.entries()) series.newest = newest[index] ?? null;
      // What the tables believe to have must be what the disk has.
      for (const table of [metrics.blocks, metrics.hours, metrics.days]) table.look();
      throw error;
    } finally {
      flushAs(flushing);
    }
    return folding.length === foldsAtOnce;
  };
  return { isDue: () => due(1).length > 0, foldSome };
}

/** What it does in memory is put into `undo` as it is done: whatever follows may fail. */
function foldHour(metrics: PackedMetrics, folded: SeriesHour, undo: (() => void)[]): void {
  const { series, hour } = folded;
  const table = metrics.samples(series, hour, hourAtHand);
  if (table === null) return;
  metrics.blocks.put(hourKey(hour, series.id), packBlock(table));
  const entry = rollUpTable(table);
  if (entry !== null) metrics.folded.put(folded, entry);
  undo.push(metrics.open.close(folded), () => metrics.folded.forget(folded));
  const last = table.count - 1;
  if (series.newest === null || (table.at[last] as number) >= series.newest.atMs) {
    series.newest = table.sample(last, series.machineId, series.source);
  }
  // With other hours open, the newest sample still lies in a tick that stays.
  if (metrics.open.hours(series).length === 0) metrics.series.saveNewest(series);
  const day = dayOfHour(hour);
  if (hour === firstHourOf(day) + lastSlot || isSettled(metrics, series, day)) settleDay(metrics, series, day);
}
