import { VigilError } from '../../contract/failure.ts';
import type { MachineRecord } from '../ports/state-store.ts';

/** How long a deleted machine can be brought back. */
export const binDays = 7;
const dayMs = 24 * 60 * 60 * 1000;

/** Deleted machines that can still be brought back: no part of the fleet, and their names are free. */
export interface MachineBin {
  /** The last one deleted first. */
  all(): readonly MachineRecord[];
  /** By name, id or the first 8 or more characters of the id; undefined when none is meant. `conflict` when several are. */
  find(reference: string): MachineRecord | undefined;
  put(record: MachineRecord): void;
  remove(id: string): void;
}

const shortestIdPrefix = 8;

export function createMachineBin(): MachineBin {
  const records = new Map<string, MachineRecord>();
  const all = (): readonly MachineRecord[] =>
    [...records.values()].sort((a, b) => ((a.deletedAt ?? '') < (b.deletedAt ?? '') ? 1 : -1));
  return {
    all,
    find: (reference) => {
      const named = all().filter(({ name, config }) =>
        [name, ...(config.group === undefined ? [] : [`${config.group}/${name}`])].includes(reference),
      );
      const exact = named.length > 0 ? named : all().filter(({ id }) => id === reference);
      const found =
        exact.length > 0 || reference.length < shortestIdPrefix
          ? exact
          : all().filter(({ id }) => id.startsWith(reference));
      if (found.length < 2) return found[0];
      const candidates = found.map(({ id, name, deletedAt }) => `${id} (${name}, deleted ${deletedAt})`);
      throw new VigilError('conflict', `'${reference}' could mean ${found.length} deleted machines.`, {
        field: 'machine',
        hint: candidates.join(', '),
      });
    },
    put: (record) => {
      records.set(record.id, record);
    },
    remove: (id) => {
      records.delete(id);
    },
  };
}

/** When a deleted machine goes for good; milliseconds since 1970. */
export function purgeDueMs({ deletedAt }: MachineRecord): number {
  return deletedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(deletedAt) + binDays * dayMs;
}
