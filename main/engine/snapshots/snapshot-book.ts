import type { SnapshotRecord } from '../ports/state-store.ts';

/** Every snapshot there is, in memory. Tells of each change; the store is the business of whoever changes it. */
export interface SnapshotBook {
  /** Those of one machine, oldest first. */
  of(machineId: string): readonly SnapshotRecord[];
  get(id: string): SnapshotRecord | undefined;
  put(record: SnapshotRecord): void;
  remove(id: string): void;
}

/** `changed` hears the machine of every snapshot that came, changed or went. */
export function createSnapshotBook(
  stored: readonly SnapshotRecord[],
  changed: (machineId: string) => void,
): SnapshotBook {
  const records = new Map(stored.map((record) => [record.id, record]));
  return {
    of: (machineId) =>
      [...records.values()]
        .filter((record) => record.machineId === machineId)
        .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    get: (id) => records.get(id),
    put: (record) => {
      records.set(record.id, record);
      changed(record.machineId);
    },
    remove: (id) => {
      const record = records.get(id);
      if (records.delete(id) && record !== undefined) changed(record.machineId);
    },
  };
}
