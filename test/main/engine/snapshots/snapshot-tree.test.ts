import { describe, expect, it } from 'vitest';
import { MachineConfig } from '../../../../main/contract/machine.ts';
import { SnapshotName } from '../../../../main/contract/snapshot.ts';
import type { SnapshotRecord } from '../../../../main/engine/ports/state-store.ts';
import { hardwareOf, keepsSnapshots, sameHardware } from '../../../../main/engine/snapshots/hardware.ts';
import { planRevert } from '../../../../main/engine/snapshots/revert-plan.ts';
import { expiredSnapshots, safetyName, withoutSnapshot } from '../../../../main/engine/snapshots/snapshot-tree.ts';

const config = MachineConfig.parse({});
const snapshot = (id: string, parent: string | null, changes: Partial<SnapshotRecord> = {}): SnapshotRecord => ({
  id,
  machineId: 'm',
  name: id,
  tag: `vigil-${id}`,
  at: '2026-01-01T00:00:00.000Z',
  parent,
  live: false,
  sizeBytes: null,
  creator: 'user',
  user: 'dev',
  expiresAt: null,
  consistent: false,
  versions: null,
  config,
  state: 'ready',
  ...changes,
});

describe('the tree', () => {
  const root = snapshot('root', null);
  const middle = snapshot('middle', 'root');
  const leaves = [snapshot('left', 'middle'), snapshot('right', 'middle')];

  it('closes over one that goes: its children and the present hang from its parent', () => {
    const { moved, present } = withoutSnapshot([root, middle, ...leaves], middle);
    expect(moved.map(({ id, parent }) => [id, parent])).toEqual([
      ['left', 'root'],
      ['right', 'root'],
    ]);
    expect([present('middle'), present('left'), present(undefined)]).toEqual(['root', 'left', undefined]);
    expect(withoutSnapshot([root, middle], root).present('root')).toBeUndefined();
  });

  it('loses only what has expired, is whole and is not where the machine stands', () => {
    const old = { creator: 'safety', expiresAt: '2026-01-02T00:00:00.000Z' } as const;
    const all = [
      snapshot('kept', null),
      snapshot('old', null, old),
      snapshot('present', null, old),
      snapshot('half', null, { ...old, state: 'taking' }),
      snapshot('young', null, { ...old, expiresAt: '2026-01-09T00:00:00.000Z' }),
    ];
    expect(expiredSnapshots(all, 'present', '2026-01-03T00:00:00.000Z').map(({ id }) => id)).toEqual(['old']);
  });

  it('names a safety snapshot after what is gone back to, never twice, never too long', () => {
    const at = '2026-03-17T20:30:15.123Z';
    const first = safetyName('clean', at, []);
    expect(first).toBe('before-clean-20260317-203015');
    expect(safetyName('clean', at, [first])).toBe(`${first}-2`);
    for (const name of ['a'.repeat(63), `${'a'.repeat(39)}.b`]) {
      expect(SnapshotName.safeParse(safetyName(name, at, [])).success).toBe(true);
    }
  });
});

describe('the hardware', () => {
  it('is the same whatever its forwards, tags and group are, and however a default is said', () => {
    expect(sameHardware(config, { ...config, tags: ['a'], forwards: [{ host: 1, guest: 2 }], group: 'g' })).toBe(true);
    expect(sameHardware(config, { ...config, firmware: 'bios' })).toBe(true);
    for (const change of [{ cpus: 9 }, { memoryMib: 16 }, { diskMib: 1 }, { firmware: 'uefi' as const }]) {
      expect(sameHardware(config, { ...config, ...change })).toBe(false);
    }
  });

  it('goes back with the machine; what belongs to this computer stays', () => {
    const then = MachineConfig.parse({ cpus: 1, group: 'old', forwards: [{ host: 1, guest: 22 }], tags: ['old'] });
    const now = MachineConfig.parse({ cpus: 4, forwards: [{ host: 2, guest: 22 }], tags: ['new'] });
    const { group, ...back } = hardwareOf(then, now);
    expect(group).toBeUndefined();
    expect(back).toMatchObject({ cpus: 1, forwards: [{ host: 2, guest: 22 }], tags: ['new'] });
  });

  it('keeps snapshots in qcow2 alone', () => {
    expect(keepsSnapshots(config)).toBe(true);
    expect(keepsSnapshots({ ...config, diskPath: '/a', diskFormat: 'qcow2' })).toBe(true);
    expect(keepsSnapshots({ ...config, diskPath: '/a', diskFormat: 'raw' })).toBe(false);
    expect(keepsSnapshots({ ...config, diskPath: '/a' })).toBe(false);
  });
});

it('goes back in the same process only where that fits', () => {
  const situation = { usesMemory: true, isUp: true, fitsProcess: true };
  expect(planRevert(situation)).toBe('load-in-place');
  expect(planRevert({ ...situation, fitsProcess: false })).toBe('start-and-load');
  expect(planRevert({ ...situation, isUp: false })).toBe('start-and-load');
  expect(planRevert({ ...situation, usesMemory: false })).toBe('disks-only');
});
