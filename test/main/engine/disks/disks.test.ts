import { beforeEach, describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { firstDisk } from '../../../../main/contract/machine.ts';
import type { Operation } from '../../../../main/contract/operation.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { latch } from '../../../support/fake-ports.ts';

let rig: EngineUnderTest;
const handlers = () => rig.engine.handlers;
const configOf = (name: string) => [...rig.store.machines.values()].find((machine) => machine.name === name)?.config;
const written = (name: string) => {
  const reading = rig.definitions.written.get(name);
  return reading?.kind === 'good' ? reading.definition.config : undefined;
};
const grow = (sizeMib: number, disk: string = firstDisk) =>
  Promise.resolve(handlers()['disk.grow']({ machine: 'demo', disk, sizeMib }, someone));
const add = (name: string, sizeMib = 8) =>
  Promise.resolve(handlers()['disk.add']({ machine: 'demo', name, sizeMib }, someone));
const clone = (name: string, linked = false) =>
  Promise.resolve(handlers()['machine.clone']({ machine: 'demo', name, linked }, someone));

beforeEach(async () => {
  rig = await engineUnderTest();
  await rig.create({ name: 'demo', diskMib: 16, tags: ['web'] });
  rig.provider.calls.length = 0;
});

describe('growing a disk', () => {
  it('writes the new size into row and definition, and tells what the guest is to do', async () => {
    const operation = await rig.ended(grow(32));
    expect(operation).toMatchObject({
      kind: 'disk-grow',
      state: 'done',
      result: { note: 'Grow the file system too.' },
    });
    expect([configOf('demo')?.diskMib, written('demo')?.diskMib]).toEqual([32, 32]);
    expect(rig.provider.calls).toEqual(['grow demo disk0 32']);
    expect(rig.store.journal.at(-1)).toMatchObject({ action: 'disk.grown', details: { fromMib: 16, toMib: 32 } });
  });

  it('takes the new size back when it could not be done', async () => {
    rig.provider.disks.errors.set('grow', new VigilError('refused', 'The disk is full.'));
    const operation = await rig.ended(grow(32));
    expect(operation).toMatchObject({ state: 'failed', error: { message: 'The disk is full.' } });
    expect([configOf('demo')?.diskMib, written('demo')?.diskMib]).toEqual([16, 16]);
    expect(rig.actions().at(-1)).toBe('machine.verb-failed');
  });

  it('refuses a smaller size before anything is begun', async () => {
    rig.provider.disks.virtualMib = 16;
    await expect(grow(8)).rejects.toMatchObject({ code: 'bad-input', field: 'sizeMib' });
    expect(rig.provider.calls).toEqual([]);
  });

  it('names the disks there are when asked for another', async () => {
    await expect(grow(32, 'data')).rejects.toMatchObject({ code: 'not-found', field: 'disk', hint: 'It has disk0.' });
  });

  it('keeps what a person has edited in the file and what is in force apart', async () => {
    await rig.ended(handlers()['machine.start']({ machine: 'demo' }, someone));
    const config = configOf('demo');
    if (config === undefined) throw new Error('no machine');
    await rig.definitions.write({
      id: [...rig.store.machines.keys()][0] ?? '',
      name: 'demo',
      config: { ...config, cpus: 4 },
    });
    await rig.ended(grow(32));
    expect(written('demo')).toMatchObject({ cpus: 4, diskMib: 32 });
    expect(configOf('demo')).toMatchObject({ cpus: 2, diskMib: 32 });
  });

  it('leaves a larger size alone that waits in the file for the next start', async () => {
    await rig.ended(handlers()['machine.start']({ machine: 'demo' }, someone));
    const config = configOf('demo');
    if (config === undefined) throw new Error('no machine');
    const id = [...rig.store.machines.keys()][0] ?? '';
    await rig.definitions.write({ id, name: 'demo', config: { ...config, diskMib: 64 } });
    await rig.ended(grow(32));
    expect([written('demo')?.diskMib, configOf('demo')?.diskMib]).toEqual([64, 32]);
    rig.provider.disks.errors.set('grow', new VigilError('refused', 'The disk is full.'));
    await rig.ended(grow(48));
    expect([written('demo')?.diskMib, configOf('demo')?.diskMib]).toEqual([64, 32]);
  });

  it('overwrites no definition that it cannot read', async () => {
    const fault = { path: '/x', line: 3, field: 'cpus', message: 'machines/demo.yaml line 3 is wrong.' };
    rig.definitions.written.set('demo', { kind: 'broken', name: 'demo', id: null, fault });
    const operation = await rig.ended(grow(32));
    expect(operation).toMatchObject({ state: 'failed', error: { code: 'refused', message: fault.message } });
    expect(rig.definitions.written.get('demo')?.kind).toBe('broken');
    expect(rig.provider.calls).toEqual([]);
  });
});

describe('adding a disk', () => {
  it('makes the image, then the definition, then gives it its name', async () => {
    const operation = await rig.ended(add('data'));
    expect(operation).toMatchObject({
      state: 'done',
      result: { note: expect.stringContaining('/dev/disk/by-id/virtio-data') },
    });
    expect(rig.provider.calls).toEqual(['makeDisk demo data', 'commitDisk demo data of 1']);
    expect(configOf('demo')?.disks).toEqual([{ name: 'data', sizeMib: 8 }]);
    expect(written('demo')?.disks).toEqual([{ name: 'data', sizeMib: 8 }]);
    expect(rig.actions().at(-1)).toBe('disk.added');
  });

  it('leaves neither file nor line when it cannot be plugged in', async () => {
    rig.provider.disks.errors.set('commitDisk', new VigilError('refused', 'QEMU refused: no slot.'));
    await rig.ended(grow(16));
    const operation = await rig.ended(add('data'));
    expect(operation.state).toBe('failed');
    expect(rig.provider.calls.slice(-3)).toEqual([
      'makeDisk demo data',
      'commitDisk demo data of 1',
      'dropDisk demo data',
    ]);
    expect([configOf('demo')?.disks, written('demo')?.disks]).toEqual([undefined, undefined]);
    expect(rig.provider.disks.files.size).toBe(0);
  });

  it('never drops a file that it has not made', async () => {
    rig.provider.disks.errors.set('makeDisk', new VigilError('conflict', 'It is there already.'));
    await rig.ended(add('data'));
    expect(rig.provider.calls).toEqual(['makeDisk demo data']);
  });

  it('refuses a name that the machine has, and more than 16', async () => {
    for (let number = 1; number <= 16; number += 1) await rig.ended(add(`d${number}`));
    await expect(add('d1')).rejects.toMatchObject({ code: 'bad-input', field: 'name' });
    await expect(add('d17')).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('checking and compacting', () => {
  it.each(['disk.check', 'disk.compact'] as const)('%s is refused while the machine runs', async (call) => {
    await rig.ended(handlers()['machine.start']({ machine: 'demo' }, someone));
    rig.provider.calls.length = 0;
    const wish = { machine: 'demo', disk: firstDisk, repair: false };
    await expect(Promise.resolve().then(() => handlers()[call](wish, someone))).rejects.toMatchObject({
      code: 'refused',
      hint: 'Stop it first: vigil stop demo',
    });
    expect(rig.provider.calls).toEqual([]);
  });

  it('tells what a check found in words and numbers', async () => {
    rig.provider.disks.checked = { disk: firstDisk, corruptions: 0, leaks: 3, corruptionsFixed: 0, leaksFixed: 0 };
    const operation = await rig.ended(
      handlers()['disk.check']({ machine: 'demo', disk: firstDisk, repair: false }, someone),
    );
    expect(operation.result).toMatchObject({
      check: { leaks: 3 },
      note: expect.stringContaining('3 clusters belong to nothing'),
    });
    expect(rig.store.journal.at(-1)).toMatchObject({ action: 'disk.checked', details: { leaks: 3 } });
  });

  it('tells how much a compaction gave back', async () => {
    const operation = await rig.ended(handlers()['disk.compact']({ machine: 'demo', disk: firstDisk }, someone));
    expect(operation.result?.note).toContain('5 MiB were given back');
    expect(rig.actions().at(-1)).toBe('disk.compacted');
  });
});

describe('a clone', () => {
  it('has an id of its own, the tags of its source, and no address or file of it', async () => {
    rig.provider.disks.finding = { format: 'raw', sizeMib: 7 };
    await rig.create({ name: 'own', diskPath: '/images/own.img', mac: '52:54:00:00:00:01', tags: ['db'] });
    const operation = await rig.ended(
      Promise.resolve(handlers()['machine.clone']({ machine: 'own', name: 'copy', linked: false }, someone)),
    );
    expect(operation).toMatchObject({ kind: 'clone', machine: 'own', state: 'done', result: { made: 'copy' } });
    const config = configOf('copy');
    expect(config).toMatchObject({ diskMib: 7, tags: ['db'] });
    expect(config).not.toHaveProperty('mac');
    expect(config).not.toHaveProperty('diskPath');
    expect(config).not.toHaveProperty('diskFormat');
    expect(rig.actions().slice(-2)).toEqual(['machine.cloned', 'machine.created']);
    expect(handlers()['machine.list']({}, someone)).toMatchObject([{ name: 'copy', state: 'stopped' }, {}, {}]);
  });

  it('holds its source until it is done', async () => {
    const gate = latch<void>();
    rig.provider.disks.cloneGate = gate.promise;
    const begun = await clone('copy');
    await expect(Promise.resolve(handlers()['machine.start']({ machine: 'demo' }, someone))).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(Promise.resolve(handlers()['machine.start']({ machine: 'copy' }, someone))).rejects.toMatchObject({
      code: 'conflict',
    });
    gate.open();
    expect(await rig.ended(begun)).toMatchObject({ state: 'done' });
    expect(await rig.ended(handlers()['machine.start']({ machine: 'demo' }, someone))).toMatchObject({ state: 'done' });
  });

  it('cancelled, leaves nothing of itself', async () => {
    rig.provider.disks.cloneGate = new Promise(() => {});
    const begun = await clone('copy', true);
    await handlers()['operation.cancel']({ operation: begun.id }, someone);
    expect(await rig.ended(begun)).toMatchObject({ state: 'cancelled' });
    expect([...rig.store.machines.values()].map(({ name }) => name)).toEqual(['demo']);
    expect(rig.definitions.written.has('copy')).toBe(false);
    expect(rig.provider.calls).toEqual(['clone demo copy linked', 'remove copy']);
  });

  it('cut short by the end of the engine, is taken back by the next one, and its source is as it was', async () => {
    rig.provider.disks.cloneGate = new Promise(() => {});
    await clone('copy');
    const next = await engineUnderTest({ store: rig.store, provider: rig.provider, definitions: rig.definitions });
    expect(next.engine.handlers['machine.list']({}, someone)).toMatchObject([
      { name: 'demo', state: 'stopped', operation: null },
    ]);
    expect(rig.provider.calls).toContain('remove copy');
    await next.engine.stop();
    expect([...rig.store.machines.values()].map(({ name }) => name)).toEqual(['demo']);
    expect([...rig.store.operations.values()].filter(({ state }) => state === 'running')).toEqual([]);
  });

  it('is refused while the source runs, and under a name that is taken', async () => {
    await expect(clone('demo')).rejects.toMatchObject({ code: 'bad-input', field: 'name' });
    await rig.ended(handlers()['machine.start']({ machine: 'demo' }, someone));
    await expect(clone('copy')).rejects.toMatchObject({ code: 'refused', hint: 'Stop it first: vigil stop demo' });
  });

  it('gets forwarded ports that are free, and says which', async () => {
    await rig.create({ name: 'web', forwards: [{ host: 2222, guest: 22 }] });
    rig.provider.examination = (config, taken) =>
      config.forwards.flatMap(({ host }, index) =>
        taken.has(host) ? [{ field: `forwards.${index}.host`, message: 'Taken.', suggestion: String(host + 1) }] : [],
      );
    const operation = await rig.ended(
      Promise.resolve(handlers()['machine.clone']({ machine: 'web', name: 'copy', linked: false }, someone)),
    );
    expect(configOf('copy')?.forwards).toEqual([{ host: 2223, guest: 22 }]);
    expect(operation.result?.note).toBe('port 2222 -> 22 is 2223 -> 22 there.');
  });
});

describe('an adopted image', () => {
  it('is written down with the format and size that were found', async () => {
    rig.provider.disks.finding = { format: 'raw', sizeMib: 40 };
    await rig.create({ name: 'own', diskPath: '/images/own.img' });
    expect(configOf('own')).toMatchObject({ diskPath: '/images/own.img', diskFormat: 'raw', diskMib: 40 });
    expect(written('own')).toMatchObject({ diskFormat: 'raw' });
  });

  it('is compared with those of all other machines, also of those that can be brought back', async () => {
    await rig.create({ name: 'own', diskPath: '/images/own.img' });
    await rig.create({ name: 'other' });
    expect(rig.provider.disks.owners).toMatchObject([{ name: 'own', diskPath: '/images/own.img' }]);
    await rig.ended(
      handlers()['machine.delete']({ machine: 'own', force: false }, someone) as Operation | Promise<Operation>,
    );
    await rig.create({ name: 'another' });
    expect(rig.provider.disks.owners).toMatchObject([{ name: 'own' }]);
  });

  it('that is refused makes no machine', async () => {
    rig.provider.disks.faults = [{ field: 'diskPath', message: 'It is held by another program.' }];
    await expect(rig.create({ name: 'own', diskPath: '/images/own.img' })).rejects.toMatchObject({ field: 'diskPath' });
    expect(configOf('own')).toBeUndefined();
  });
});

describe('what can be done now', () => {
  it('is said: a copy of what rests, disks also of what runs', async () => {
    const verbs = async () => {
      const { machine } = await handlers()['machine.get']({ machine: 'demo' }, someone);
      return machine.capabilities.filter((verb) => verb === 'clone' || verb === 'disk');
    };
    expect(await verbs()).toEqual(['clone', 'disk']);
    await rig.ended(handlers()['machine.start']({ machine: 'demo' }, someone));
    expect(await verbs()).toEqual(['disk']);
  });
});

describe('a suspended machine', () => {
  it('has its disks left as they are: its memory needs them', async () => {
    const [record] = rig.store.machines.values();
    if (record === undefined) throw new Error('no machine');
    await rig.engine.stop();
    const versions = { qemu: '7.2', machineType: 'pc', accelerator: 'tcg', cpuModel: 'max', firmware: 'bios' as const };
    rig.store.machines.set(record.id, { ...record, saved: { tag: 't', at: record.createdAt, versions } });
    rig = await engineUnderTest({ store: rig.store, provider: rig.provider, definitions: rig.definitions });
    for (const attempt of [grow(32), add('data'), clone('copy')]) {
      await expect(attempt).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('suspended') });
    }
  });
});
