import { readFile, stat } from 'node:fs/promises';

/** Looks whether images are locked, without starting the image tool, as far as the kernel tells. */
export interface LockWatch {
  /** True when every lock that was there is gone; false when one is left; null when it cannot be told. */
  areGone(): Promise<boolean | null>;
}

const table = '/proc/locks';
const wholeAtOnceBytes = 3500;

/**
 * Begins to watch the images of a machine that still runs. The kernel's table names a file by its number in its file
 * system, and on some of them (overlays, networks) by another one than `stat` does. So a missing entry proves nothing by
 * itself; it proves that the lock was let go of where the entry was seen before. Any entry with the number counts, whoever
 * has it and on whatever device, for two answers are wrong in different ways: a lock too many costs a look by the tool, a
 * lock too few could cost the disk.
 */
export async function watchLocks(paths: readonly string[]): Promise<LockWatch> {
  // The first look for a while makes the kernel wait for every processor. Begun now, it is over when the answer counts.
  const look = lockedInodes();
  const numbers = await inodesOf(paths);
  if (numbers === null) return { areGone: async () => null };
  const before = await look;
  const isTold = numbers.every((number) => before?.has(number) === true);
  return {
    areGone: async () => {
      if (!isTold) return null;
      const now = await lockedInodes();
      return now === null ? null : !numbers.some((number) => now.has(number));
    },
  };
}

async function inodesOf(paths: readonly string[]): Promise<readonly string[] | null> {
  try {
    return await Promise.all(paths.map(async (path) => String((await stat(path, { bigint: true })).ino)));
  } catch {
    return null;
  }
}

async function lockedInodes(): Promise<ReadonlySet<string> | null> {
  try {
    const text = await readFile(table, 'utf8');
    // The kernel hands out one page at a time, and between two of them entries may move up: a second look finds those.
    const again = text.length > wholeAtOnceBytes ? await readFile(table, 'utf8') : '';
    return parseLocks(text + again);
  } catch {
    return null;
  }
}

/**
 * Pure. `1: OFDLCK ADVISORY READ -1 fe:01:2228227 100 101`; a `->` behind the number marks one that waits, which counts as
 * well.
 */
export function parseLocks(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const number = /\s[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line)?.[1];
    if (number !== undefined) found.add(number);
  }
  return found;
}
