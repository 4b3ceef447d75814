import type { JournalEntry } from '../../../main/contract/journal.ts';

/**
 * The entry that speaks of a moment: the one nearest in time. What tells of an event and its entry in the journal are
 * written some milliseconds apart, so neither "up to" nor "from" would do. `entries` newest first; of two equally near the
 * newer one. Null without entries, and for what is no moment.
 */
export function entryAt(entries: readonly JournalEntry[], at: string): number | null {
  const moment = Date.parse(at);
  let nearest: JournalEntry | null = null;
  for (const entry of entries) {
    if (nearest === null || distance(entry, moment) < distance(nearest, moment)) nearest = entry;
  }
  return Number.isNaN(moment) ? null : (nearest?.id ?? null);
}

/** Whether a nearer one may lie further down than what is read: the moment is older than all of it. */
export function liesFurtherDown(entries: readonly JournalEntry[], at: string): boolean {
  const oldest = entries.at(-1);
  return oldest !== undefined && Date.parse(at) < Date.parse(oldest.at);
}

function distance(entry: JournalEntry, moment: number): number {
  return Math.abs(Date.parse(entry.at) - moment);
}
