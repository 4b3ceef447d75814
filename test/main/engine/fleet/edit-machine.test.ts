import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { MachineEdit } from '../../../../main/contract/machine-edit.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { diskFull } from '../../../support/fake-ports.ts';

async function machineOf(test: EngineUnderTest, name = 'demo'): Promise<Machine> {
  return (await test.engine.handlers['machine.get']({ machine: name }, someone)).machine;
}

const edit = (test: EngineUnderTest, change: MachineEdit) =>
  test.ended(test.engine.handlers['machine.edit']({ machine: 'demo', change: MachineEdit.parse(change) }, someone));
const stop = (test: EngineUnderTest) =>
  test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
const start = (test: EngineUnderTest) =>
  test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));

function writtenOf(test: EngineUnderTest) {
  const reading = test.definitions.written.get('demo');
  if (reading?.kind !== 'good') throw new Error('no definition');
  return reading.definition.config;
}

describe('an edit', () => {
  it('of a stopped machine holds at once, up and down, and stands in definition, row and journal', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', cpus: 2, memoryMib: 512 });
    expect(await edit(test, { cpus: 4, memoryMib: 256 })).toMatchObject({
      kind: 'edit',
      state: 'done',
      result: { pending: false },
    });
    expect(await machineOf(test)).toMatchObject({ cpus: 4, memoryMib: 256, notice: null });
    expect(writtenOf(test)).toMatchObject({ cpus: 4, memoryMib: 256 });
    expect([...test.store.machines.values()][0]?.config).toMatchObject({ cpus: 4, memoryMib: 256 });
    expect(test.store.journal.at(-1)).toMatchObject({
      action: 'machine.edited',
      actor: 'user',
      details: { cpus: 4, memoryMib: 256, pending: false, user: 'dev' },
    });
  });

  it('of a running machine waits for the next start, says so, and tells what is in force and what waits', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', cpus: 2, start: true });
    expect(await edit(test, { cpus: 1, append: undefined })).toMatchObject({
      state: 'done',
      result: { pending: true },
    });
    const before = await test.engine.handlers['machine.get']({ machine: 'demo' }, someone);
    expect(before.machine).toMatchObject({ state: 'running', cpus: 2, notice: { kind: 'edited', severity: 'info' } });
    expect(before.config?.cpus).toBe(2);
    expect(before.pending?.cpus).toBe(1);
    await test.ended(test.engine.handlers['machine.restart']({ machine: 'demo', force: true }, someone));
    const after = await test.engine.handlers['machine.get']({ machine: 'demo' }, someone);
    expect(after.machine).toMatchObject({ state: 'running', cpus: 1, notice: null });
    expect(after.pending).toBeUndefined();
  });

  it('that waited holds as soon as the machine is stopped', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', cpus: 2, start: true });
    await edit(test, { cpus: 1 });
    await stop(test);
    await expect.poll(async () => (await machineOf(test)).cpus).toBe(1);
    expect((await machineOf(test)).notice).toBeNull();
  });

  it('that is taken back before the next start waits for nothing', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', cpus: 2, start: true });
    await edit(test, { cpus: 1 });
    expect(await edit(test, { cpus: 2 })).toMatchObject({ result: { pending: false } });
    expect((await machineOf(test)).notice).toBeNull();
  });

  it('of tags and group holds at once, also while the machine runs', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    expect(await edit(test, { tags: ['web'], group: 'shop' })).toMatchObject({ result: { pending: false } });
    expect(await machineOf(test)).toMatchObject({ tags: ['web'], group: 'shop', notice: null });
    expect(await edit(test, { group: null })).toMatchObject({ result: { pending: false } });
    expect((await machineOf(test)).group).toBeNull();
  });

  it('takes away what need not be there, and refuses what does not fit together', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', iso: '/a.iso', mac: '52:54:00:00:00:01' });
    await edit(test, { iso: null, mac: null });
    expect(writtenOf(test)).not.toHaveProperty('iso');
    test.provider.faults = [{ field: 'append', message: 'Kernel arguments need a kernel.' }];
    await expect(edit(test, { append: 'quiet' })).rejects.toMatchObject({ code: 'bad-input', field: 'append' });
    test.provider.faults = [];
    await expect(edit(test, { memoryMib: 9000 })).rejects.toMatchObject({ field: 'memoryMib' });
    expect(writtenOf(test).memoryMib).toBe(2048);
  });

  it('grows the disk of a stopped machine at once; of a running one it waits; it never shrinks', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', diskMib: 100 });
    expect(await edit(test, { diskMib: 200 })).toMatchObject({ state: 'done', result: { pending: false } });
    const grows = () => test.provider.calls.filter((call) => call.startsWith('grow'));
    expect(grows()).toEqual(['grow demo disk0 200']);
    expect((await machineOf(test)).diskMib).toBe(200);
    test.provider.disks.virtualMib = 200;
    await expect(edit(test, { diskMib: 100 })).rejects.toMatchObject({
      code: 'bad-input',
      field: 'diskMib',
      message: expect.stringContaining('it can only be made larger'),
    });
    await start(test);
    expect(await edit(test, { diskMib: 300 })).toMatchObject({ result: { pending: true } });
    expect(grows()).toHaveLength(1);
  });

  it('whose disk cannot be grown leaves the definition as it was', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', diskMib: 100, cpus: 2 });
    test.provider.disks.grow = () => Promise.reject(new VigilError('refused', 'The image is held.'));
    expect(await edit(test, { diskMib: 200, cpus: 1 })).toMatchObject({ state: 'failed' });
    expect(writtenOf(test)).toMatchObject({ diskMib: 100, cpus: 2 });
    expect(await machineOf(test)).toMatchObject({ diskMib: 100, cpus: 2 });
  });

  it('keeps what a person wrote into the file meanwhile', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', cpus: 2, start: true });
    const { id } = await machineOf(test);
    await test.definitions.write({ id, name: 'demo', config: { ...writtenOf(test), memoryMib: 512 } });
    await edit(test, { cpus: 1 });
    expect(writtenOf(test)).toMatchObject({ cpus: 1, memoryMib: 512 });
  });

  it('of a definition that nobody can read is refused with its line, and the file is left alone', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    const message = 'machines/demo.yaml line 3: unknown key "memroy".';
    const fault = { path: 'machines/demo.yaml', line: 3, field: 'memroy', message };
    test.definitions.edit('demo', { kind: 'broken', name: 'demo', id: null, fault });
    await expect(edit(test, { cpus: 1 })).rejects.toMatchObject({ code: 'refused', message });
    expect(test.definitions.written.get('demo')?.kind).toBe('broken');
  });

  it('that cannot be written down is not done', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', cpus: 2 });
    test.store.refusal = diskFull;
    await expect(edit(test, { cpus: 1 })).rejects.toMatchObject({ code: 'refused' });
    expect(writtenOf(test).cpus).toBe(2);
  });

  it('of nothing is none', () => {
    expect(MachineEdit.safeParse({}).success).toBe(false);
    expect(MachineEdit.safeParse({ cpus: undefined }).success).toBe(false);
    expect(MachineEdit.safeParse({ diskPath: '/other.qcow2' }).success).toBe(false);
  });
});

describe('tags and groups', () => {
  it('a tag is added once and removed once; a second time does no harm', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', tags: ['db'] });
    const tag = (action: 'add' | 'remove', word: string) =>
      test.ended(test.engine.handlers['machine.tag']({ machine: 'demo', action, tag: word }, someone));
    for (let time = 0; time < 2; time += 1) expect((await tag('add', 'web')).state).toBe('done');
    expect((await machineOf(test)).tags).toEqual(['db', 'web']);
    for (let time = 0; time < 2; time += 1) expect((await tag('remove', 'db')).state).toBe('done');
    expect((await machineOf(test)).tags).toEqual(['web']);
    expect(test.actions().filter((action) => action === 'machine.edited')).toHaveLength(2);
    expect(await test.engine.handlers['machine.list']({ tag: 'web' }, someone)).toHaveLength(1);
    expect(await test.engine.handlers['machine.list']({ tag: 'db' }, someone)).toEqual([]);
  });

  it('group/name points at a machine, and a list can be of one group', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', group: 'shop' });
    await test.create({ name: 'other' });
    expect((await machineOf(test, 'shop/demo')).name).toBe('demo');
    for (const wrong of ['bank/demo', '/demo', 'shop/', '/other', 'shop/other']) {
      await expect(machineOf(test, wrong)).rejects.toMatchObject({ code: 'not-found' });
    }
    const listed = await test.engine.handlers['machine.list']({ group: 'shop' }, someone);
    expect(listed.map(({ name, group }) => [name, group])).toEqual([['demo', 'shop']]);
  });
});

describe('protection', () => {
  it('is kept with the machine, told in the journal and taken away again', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    const protect = (wish: boolean) =>
      test.engine.handlers['machine.protect']({ machine: 'demo', protected: wish }, someone);
    expect((await protect(true)).protected).toBe(true);
    expect((await protect(true)).protected).toBe(true);
    expect((await machineOf(test)).capabilities).not.toContain('delete');
    expect([...test.store.machines.values()][0]?.protected).toBe(true);
    await start(test);
    await stop(test);
    expect((await machineOf(test)).protected).toBe(true);
    expect((await protect(false)).protected).toBe(false);
    expect(test.actions().filter((action) => /protected/.test(action))).toEqual([
      'machine.protected',
      'machine.unprotected',
    ]);
  });

  it('that cannot be written down is not there', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    test.store.refusal = diskFull;
    await expect(async () =>
      test.engine.handlers['machine.protect']({ machine: 'demo', protected: true }, someone),
    ).rejects.toMatchObject({ code: 'refused' });
    expect((await machineOf(test)).protected).toBe(false);
  });

  it.each([false, true])('refuses a deletion, force %s', async (force) => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo' });
    await test.engine.handlers['machine.protect']({ machine: 'demo', protected: true }, someone);
    await expect(async () =>
      test.engine.handlers['machine.delete']({ machine: 'demo', force }, someone),
    ).rejects.toMatchObject({ code: 'refused', hint: expect.stringContaining('vigil unprotect demo') });
    expect(test.provider.files.size).toBe(1);
  });
});
