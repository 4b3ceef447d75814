import { afterEach, describe, expect, it } from 'vitest';
import { type Machine, MachineConfig, type MachineDetail } from '../../../../main/contract/machine.ts';
import type { MachineDisk } from '../../../../main/contract/machine-disk.ts';
import type { Operation } from '../../../../main/contract/operation.ts';
import { ConfigurationTab } from '../../../../renderer/pages/machine/configuration-tab.tsx';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { machineOf, runningMachine } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';

const able = ['start', 'edit', 'disk', 'restart'] as const;
const stopped = machineOf(3, 'store', { capabilities: able });
const config = MachineConfig.parse({ cpus: 2, memoryMib: 2048, diskMib: 20_480 });
const disk: MachineDisk = {
  name: 'disk0',
  path: '/home/ada/.vigil/machines/x/disk.qcow2',
  format: 'qcow2',
  adopted: false,
  virtualMib: 20_480,
  usedBytes: null,
  snapshots: 2,
  bases: [],
  fault: null,
};

describe('the configuration of a machine', () => {
  let mounted: Mounted;
  afterEach(() => mounted.unmount());
  const words = () => mounted.page.textContent ?? '';
  const inputs = (bridge: FakeBridge, name: string) =>
    bridge.asked.filter((call) => call.name === name).map(({ input }) => input);

  async function open(machine: Machine, over: Partial<MachineDetail> = {}): Promise<FakeBridge> {
    const bridge = fakeBridge([machine]);
    const detail: MachineDetail = {
      machine,
      config,
      definitionPath: '/home/ada/.vigil/machines/store.yaml',
      diskPath: disk.path,
      diskUsedBytes: null,
      disks: [disk],
      consoleLogPath: null,
      acceleratorReason: null,
      mac: null,
      guest: null,
      ...over,
    };
    mounted = await mount(<ConfigurationTab machine={machine} file={{ detail, crashes: [], error: null }} />, bridge);
    return bridge;
  }

  it('sends only what was changed, once nothing is wrong with it', async () => {
    const bridge = await open(stopped);
    bridge.answer('machine.edit', () => ({ id: 'o-1' }));
    bridge.answer('operation.wait', () => ({ id: 'o-1', state: 'done', result: { pending: false } }));
    await mounted.type(fieldNamed('Disk'), '1024');
    expect(wordsBeside('Disk')).toContain('A disk only grows');
    await mounted.press(buttonNamed('Save'));
    expect(inputs(bridge, 'machine.edit')).toEqual([]);
    await mounted.press(buttonNamed('Undo'));
    await mounted.type(fieldNamed('CPUs'), '4');
    await mounted.press(buttonNamed('Save'));
    expect(inputs(bridge, 'machine.edit')).toEqual([{ machine: stopped.id, change: { cpus: 4 } }]);
  });

  it('grows the disk by its own verb, which a running guest sees at once', async () => {
    const bridge = await open(stopped);
    for (const call of ['disk.grow', 'machine.edit'] as const) bridge.answer(call, () => ({ id: 'o-1' }));
    bridge.answer('operation.wait', () => ({ id: 'o-1', state: 'done', result: {} }));
    await mounted.type(fieldNamed('Disk'), '30720');
    await mounted.type(fieldNamed('CPUs'), '3');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() => expect(inputs(bridge, 'machine.edit')).not.toEqual([]));
    expect(inputs(bridge, 'disk.grow')).toEqual([{ machine: stopped.id, disk: 'disk0', sizeMib: 30_720 }]);
    expect(inputs(bridge, 'machine.edit')).toEqual([{ machine: stopped.id, change: { cpus: 3 } }]);
  });

  it('shows what waits for the next start, and offers the restart', async () => {
    await open(runningMachine(4, 'busy', 5, { capabilities: able }), { pending: { ...config, cpus: 8 } });
    expect(words()).toContain('waits for the next start');
    expect(fieldNamed('CPUs').value).toBe('8');
    expect(buttonNamed('Restart now')).toBeDefined();
  });

  it('a refusal of the engine stands in the form', async () => {
    const bridge = await open(stopped);
    bridge.answer('machine.edit', () => ({ id: 'o-1' }));
    bridge.answer('operation.wait', () => ({
      id: 'o-1',
      state: 'failed',
      error: { code: 'refused', message: 'Only 3 GiB are free.' },
    }));
    await mounted.type(fieldNamed('Memory'), '8192');
    await mounted.press(buttonNamed('Save'));
    await mounted.eventually(() => expect(words()).toContain('Only 3 GiB are free.'));
    expect(fieldNamed('Memory').value).toBe('8192');
  });

  it('tells of a disk what is known, and draws no zero for what is not', async () => {
    await open(stopped);
    const row = mounted.page.querySelector('.disks tbody tr')?.textContent ?? '';
    expect(row).toContain('2 snapshots');
    expect(row).toContain('–');
  });

  it('says what a check found, and that a contradiction is bad', async () => {
    const bridge = await open(stopped);
    bridge.answer('disk.check', () => ({ id: 'o-2' }));
    const found = { disk: 'disk0', corruptions: 3, leaks: 0, corruptionsFixed: 0, leaksFixed: 0 };
    const ended: Partial<Operation> = { id: 'o-2', kind: 'disk-check', state: 'done', result: { check: found } };
    bridge.answer('operation.wait', () => ended);
    await mounted.press(buttonNamed('Check disk0'));
    await mounted.eventually(() => expect(document.body.textContent).toContain('3 places contradict each other'));
    expect(inputs(bridge, 'disk.check')).toEqual([{ machine: stopped.id, disk: 'disk0' }]);
  });

  it('leaves the image of a running machine alone', async () => {
    const bridge = await open(runningMachine(4, 'busy', 5, { capabilities: able }));
    await mounted.press(buttonNamed('Compact disk0'));
    expect(inputs(bridge, 'disk.compact')).toEqual([]);
    expect(buttonNamed('Compact disk0')?.title).toContain('Stop the machine first');
  });

  it('adds a disk under a free name only', async () => {
    const bridge = await open(stopped);
    await mounted.type(fieldNamed('New disk'), 'disk0');
    await mounted.press(buttonNamed('Add the disk'));
    expect(inputs(bridge, 'disk.add')).toEqual([]);
    await mounted.type(fieldNamed('New disk'), 'data');
    await mounted.press(buttonNamed('Add the disk'));
    expect(inputs(bridge, 'disk.add')).toEqual([{ machine: stopped.id, name: 'data', sizeMib: 1024 }]);
  });

  it('a silent agent is no data, with the reason', async () => {
    await open(runningMachine(4, 'busy', 5), {
      guest: {
        present: false,
        reason: 'No agent opened the port.',
        os: null,
        hostName: null,
        addresses: [],
        fileSystems: [],
        at: '2026-01-01T00:00:00Z',
      },
    });
    expect(words()).toContain('does not answer');
    expect(words()).toContain('No agent opened the port.');
  });
});
