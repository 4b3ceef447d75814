import type { SnapshotRecord } from '../ports/state-store.ts';

/** The tree that snapshots form, each hanging from the one it was taken after: pure. */

/** What changes when a snapshot goes: what hung from it hangs from what it hung from. */
export function withoutSnapshot(
  records: readonly SnapshotRecord[],
  gone: SnapshotRecord,
): { readonly moved: readonly SnapshotRecord[]; present(current: string | undefined): string | undefined } {
  return {
    moved: records.filter((record) => record.parent === gone.id).map((record) => ({ ...record, parent: gone.parent })),
    present: (current) => (current === gone.id ? (gone.parent ?? undefined) : current),
  };
}

const longestName = 63;

/** `before-NAME-20260317-203015`, with a number behind it when that is taken already. */
export function safetyName(target: string, at: string, taken: readonly string[]): string {
  const [day = '', time = ''] = at.split('T');
  const moment = `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
  const nameFor = (suffix: string): string =>
    `before-${target.slice(0, longestName - `before--${moment}${suffix}`.length)}-${moment}${suffix}`;
  let name = nameFor('');
  for (let number = 2; taken.includes(name); number += 1) name = nameFor(`-${number}`);
  return name;
}

/**
 * Safety snapshots whose time is over. One that the machine's present descends from directly is spared: somebody went back
 * to it, so it is where they are, and it gets its turn once they have gone on to another.
 */
export function expiredSnapshots(
  records: readonly SnapshotRecord[],
  present: string | undefined,
  now: string,
): readonly SnapshotRecord[] {
  return records.filter(
    ({ expiresAt, id, state }) => state === 'ready' && expiresAt !== null && expiresAt <= now && id !== present,
  );
}
