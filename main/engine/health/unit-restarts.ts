import { crashLoop } from './check-verdicts.ts';

/** What a unit's own restart counter said at one moment, monotonic milliseconds. */
export interface RestartCount {
  readonly atMs: number;
  readonly count: number;
}

/** The counts that still matter, with the newest one: those within the window and the last one before it. Pure. */
export function countsWith(counts: readonly RestartCount[], newest: RestartCount): readonly RestartCount[] {
  const all = [...counts, newest];
  const first = all.findIndex(({ atMs }) => atMs >= newest.atMs - crashLoop.windowMs);
  return all.slice(Math.max(0, first - 1));
}

/**
 * How often the unit was restarted within the window before the newest count. What the counter said when it was first seen
 * is no restart of ours to judge; one that fell began anew. Where the looks are further apart than the window, the restarts
 * between them are taken to be spread evenly. Pure.
 */
export function restartsWithin(counts: readonly RestartCount[]): number {
  const newest = counts.at(-1);
  if (newest === undefined) return 0;
  const begin = newest.atMs - crashLoop.windowMs;
  let restarts = 0;
  for (const [index, after] of counts.entries()) {
    const before = counts[index - 1];
    if (before === undefined || after.atMs <= begin) continue;
    const risen = after.count >= before.count ? after.count - before.count : after.count;
    const span = after.atMs - before.atMs;
    const share = span <= 0 ? 1 : (after.atMs - Math.max(before.atMs, begin)) / span;
    restarts += risen * share;
  }
  return Math.round(restarts);
}
