import { afterEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../../../main/contract/machine.ts';
import type { Snapshot } from '../../../../main/contract/snapshot.ts';
import { SnapshotsTab } from '../../../../renderer/pages/machine/snapshots-tab.tsx';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { runningMachine } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';
import { storySnapshot } from '../../support/snapshot-story.ts';

const machine = runningMachine(2, 'kernel-lab', 95, {
  capabilities: ['stop', 'snapshot', 'revert', 'rename', 'clone'],
});
const told: readonly Snapshot[] = [
  storySnapshot('base', { live: false, sizeBytes: null }),
  storySnapshot('booted', { parent: 'base', at: '2026-01-02T00:00:00Z', current: true }),
  storySnapshot('old-qemu', {
    parent: 'booted',
    at: '2026-01-03T00:00:00Z',
    obstacle: 'Its memory was saved by QEMU 6.2; this is 7.2. Go back to its disks alone.',
  }),
];

describe('the snapshots of a machine', () => {
  let mounted: Mounted;
  afterEach(() => mounted.unmount());
  const words = () => mounted.page.textContent ?? '';
  const inputs = (bridge: FakeBridge, name: string) =>
    bridge.asked.filter((call) => call.name === name).map(({ input }) => input);

  async function open(snapshots: readonly Snapshot[], shown: Machine = machine): Promise<FakeBridge> {
    const bridge = fakeBridge([shown]);
    bridge.answer('snapshot.list', () => snapshots);
    for (const call of ['snapshot.take', 'snapshot.revert', 'snapshot.delete'] as const)
      bridge.answer(call, () => ({}));
    mounted = await mount(<SnapshotsTab machine={shown} />, bridge);
    await mounted.eventually(() => expect(words()).toMatch(/snapshots?/));
    return bridge;
  }

  it('tells name, place, memory, size and creator of each; an unknown size is not zero', async () => {
    await open(told);
    expect(words()).toContain('3 snapshots');
    const rows = [...mounted.page.querySelectorAll('tbody tr')].map((row) => row.textContent ?? '');
    expect(rows[0]).toContain('not known');
    expect(rows[0]).not.toContain('with memory');
    expect(rows[1]).toContain('you are here');
    expect(rows[1]).toContain('ada');
    expect(rows[2]).toContain('saved by QEMU 6.2');
  });

  it('reverts only after saying what is kept and where the machine will be', async () => {
    const bridge = await open(told);
    await mounted.press([...mounted.page.querySelectorAll('button')].find((each) => each.textContent === 'Revert…'));
    const dialog = document.querySelector('[role="dialog"]')?.textContent ?? '';
    expect(dialog).toContain('safety snapshot');
    expect(dialog).toContain('stopped afterwards');
    expect(inputs(bridge, 'snapshot.revert')).toEqual([]);
    await mounted.press(buttonNamed('Revert'));
    expect(inputs(bridge, 'snapshot.revert')).toEqual([{ machine: machine.id, snapshot: 'base', memory: false }]);
  });

  it('goes back to the disks alone where the memory cannot be loaded', async () => {
    const bridge = await open(told);
    await mounted.press(
      [...mounted.page.querySelectorAll('button')].filter((each) => each.textContent === 'Revert…').at(-1),
    );
    expect(document.querySelector('[role="dialog"]')?.textContent).toContain('saved by QEMU 6.2');
    await mounted.press(buttonNamed('Revert'));
    expect(inputs(bridge, 'snapshot.revert')).toEqual([{ machine: machine.id, snapshot: 'old-qemu', memory: false }]);
  });

  it('deletes one only after asking', async () => {
    const bridge = await open(told);
    await mounted.press(buttonNamed('Delete base'));
    await mounted.press(buttonNamed('Keep'));
    expect(inputs(bridge, 'snapshot.delete')).toEqual([]);
    await mounted.press(buttonNamed('Delete base'));
    await mounted.press(buttonNamed('Delete'));
    expect(inputs(bridge, 'snapshot.delete')).toEqual([{ machine: machine.id, snapshot: 'base' }]);
  });

  it('takes one under a name that is checked beside its field', async () => {
    const bridge = await open([]);
    expect(words()).toContain('No snapshots yet');
    await mounted.press(buttonNamed('Take a snapshot…'));
    await mounted.type(fieldNamed('Name'), 'two words');
    expect(wordsBeside('Name')).toContain('letters, digits');
    await mounted.press(buttonNamed('Take snapshot'));
    expect(inputs(bridge, 'snapshot.take')).toEqual([]);
    await mounted.type(fieldNamed('Name'), 'clean');
    await mounted.press(buttonNamed('Take snapshot'));
    expect(inputs(bridge, 'snapshot.take')).toEqual([{ machine: machine.id, name: 'clean' }]);
  });

  it('follows what is told of this machine, and of no other', async () => {
    const bridge = await open(told);
    const before = inputs(bridge, 'snapshot.list').length;
    bridge.publish('snapshots.changed', { machineId: 'another' });
    bridge.answer('snapshot.list', () => told.slice(0, 1));
    expect(inputs(bridge, 'snapshot.list').length).toBe(before);
    bridge.publish('snapshots.changed', { machineId: machine.id });
    await mounted.eventually(() => expect(words()).toContain('1 snapshot'));
    expect(mounted.page.querySelectorAll('tbody tr').length).toBe(1);
  });

  it('offers no way back while something else is done to the machine', async () => {
    const bridge = await open(told, { ...machine, operation: 'another', capabilities: [] });
    await mounted.press([...mounted.page.querySelectorAll('button')].find((each) => each.textContent === 'Revert…'));
    expect(document.querySelector('[role="dialog"]')).toBeNull();
    expect(inputs(bridge, 'snapshot.revert')).toEqual([]);
  });
});
