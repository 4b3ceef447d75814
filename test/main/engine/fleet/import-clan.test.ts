import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { MachineConfig } from '../../../../main/contract/machine.ts';
import type { ClanMachine } from '../../../../main/engine/ports/clan-folder.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';

const folder = '/home/ada/.clan-vm';

function clanMachine(name: string, changes: Partial<ClanMachine> = {}): ClanMachine {
  return {
    name,
    config: { ...MachineConfig.parse({ cpus: 2, memoryMib: 64, diskMib: 16 }), diskPath: `${folder}/${name}.qcow2` },
    file: `${folder}/${name}.yaml`,
    createdAt: '2024-01-01T10:00:00.000Z',
    startedAt: '2024-01-02T10:00:00.000Z',
    stoppedAt: '2024-01-02T11:00:00.000Z',
    history: [
      { at: '2024-01-01T10:00:00.000Z', action: 'create', user: 'ada', details: '{"cpus":2}' },
      { at: '2024-01-02T10:00:00.000Z', action: 'start', user: 'bob', details: null },
    ],
    ...changes,
  };
}

async function importing(machines: readonly ClanMachine[]) {
  const test = await engineUnderTest();
  test.clanFolder.reading = { machines, faults: [] };
  return { ...test, take: async () => test.engine.handlers['import.clan']({ folder }, someone) };
}

describe('machines of another manager', () => {
  it('come in with their disk where it lies, their times and their history', async () => {
    const { take, engine, store } = await importing([clanMachine('web')]);
    const result = await take();
    expect(result).toMatchObject({
      folder,
      imported: [{ name: 'web', diskPath: `${folder}/web.qcow2`, historyEntries: 2 }],
      skipped: [],
      faults: [],
    });
    const [machine] = await engine.handlers['machine.list']({}, someone);
    expect(machine).toMatchObject({ name: 'web', state: 'stopped', createdAt: '2024-01-01T10:00:00.000Z' });
    expect([...store.machines.values()]).toMatchObject([
      { startedAt: '2024-01-02T10:00:00.000Z', stoppedAt: '2024-01-02T11:00:00.000Z' },
    ]);
    const told = await engine.handlers['journal.list']({ machine: 'web', limit: 10 }, someone);
    expect(told.map(({ action }) => action)).toEqual([
      'history.imported',
      'history.imported',
      'machine.imported',
      'machine.created',
    ]);
    expect(told[0]).toMatchObject({
      actor: 'user',
      summary: '2024-01-02T10:00:00.000Z: start by bob.',
      details: { user: 'dev', importedAction: 'start', importedUser: 'bob' },
    });
  });

  it('a second time nothing happens, and it says so', async () => {
    const { take, store } = await importing([clanMachine('web')]);
    await take();
    const before = { journal: store.journal.length, machines: JSON.stringify([...store.machines]) };
    expect(await take()).toMatchObject({
      imported: [],
      skipped: [{ name: 'web', reason: 'It was imported before.' }],
      faults: [],
    });
    expect({ journal: store.journal.length, machines: JSON.stringify([...store.machines]) }).toEqual(before);
  });

  it('leave a machine of the same name alone', async () => {
    const { take, create } = await importing([clanMachine('web')]);
    await create({ name: 'web', memoryMib: 64, diskMib: 16 });
    expect(await take()).toMatchObject({
      imported: [],
      skipped: [{ reason: 'There is a machine of that name already.' }],
    });
  });

  it('do not keep each other out: one that cannot be taken is named with its file and field', async () => {
    const { take, provider } = await importing([clanMachine('bad'), clanMachine('web')]);
    provider.faults = [{ field: 'diskPath', message: 'Another program holds it.' }];
    expect((await take()).faults).toMatchObject([
      { file: `${folder}/bad.yaml`, field: 'disk_path', message: "'bad': Another program holds it." },
      { file: `${folder}/web.yaml`, field: 'disk_path' },
    ]);
    provider.faults = [];
    provider.createError = new VigilError('refused', 'No room.');
    expect((await take()).faults).toHaveLength(2);
    provider.createError = null;
    expect((await take()).imported.map(({ name }) => name)).toEqual(['bad', 'web']);
  });
});

describe('the inventory', () => {
  it('has the fields that other programs read', async () => {
    const { take, engine } = await importing([
      clanMachine('web', { config: { ...clanMachine('web').config, network: 'nat' } }),
    ]);
    await take();
    expect(await engine.handlers['machine.inventory']({}, someone)).toEqual([
      {
        name: 'web',
        type: 'vm',
        cpus: 2,
        memory: 64,
        disk_size: expect.any(Number),
        network_mode: 'nat',
        created_at: '2024-01-01T10:00:00.000Z',
      },
    ]);
  });
});
