import { describe, expect, it, vi } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { diskFull, fakeRun } from '../../../support/fake-ports.ts';

const rename = (test: EngineUnderTest, name: string, machine = 'demo') =>
  test.ended(test.engine.handlers['machine.rename']({ machine, name }, someone));

async function watchedMachine(): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', forwards: [{ host: 2222, guest: 22 }], start: true });
  await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { check_interval_seconds: 10 } }, someone);
  await test.clock.advance(3000);
  return test;
}

async function only(test: EngineUnderTest): Promise<Machine> {
  const [machine, ...others] = await test.engine.handlers['machine.list']({}, someone);
  if (machine === undefined || others.length > 0) throw new Error('not one machine');
  return machine;
}

const tablesOf = (test: EngineUnderTest) => Object.keys(test.lifecycle.config.vms);
const filesOf = (test: EngineUnderTest) => [...test.definitions.written.keys()];

describe('a renamed machine', () => {
  it('keeps its id, process, health and history; definition and watch bear the new name', async () => {
    const test = await watchedMachine();
    const before = await only(test);
    expect(before.health.status).toBe('healthy');
    expect(await rename(test, 'shop')).toMatchObject({ kind: 'rename', state: 'done', machine: 'demo' });
    const after = await only(test);
    expect(after).toMatchObject({ id: before.id, name: 'shop', state: 'running', pid: before.pid });
    expect(after.health).toEqual(before.health);
    expect([tablesOf(test), filesOf(test)]).toEqual([['shop'], ['shop']]);
    expect([...test.store.machines.values()]).toMatchObject([{ name: 'shop' }]);
    expect([...test.store.machines.values()][0]).not.toHaveProperty('renamedFrom');
    await test.clock.advance(10_000);
    expect((await only(test)).health.status).toBe('healthy');
    expect(
      (await test.ended(test.engine.handlers['machine.stop']({ machine: 'shop', force: true }, someone))).state,
    ).toBe('done');
  });

  it('keeps an interval of its own', async () => {
    const test = await watchedMachine();
    const own = (machine_interval_seconds: Readonly<Record<string, number>>) =>
      test.engine.handlers['settings.change']({ collection: { machine_interval_seconds } }, someone);
    await own({ demo: 300, other: 20 });
    await rename(test, 'shop');
    const { collection } = await test.engine.handlers['settings.get']({}, someone);
    expect(collection.machine_interval_seconds).toEqual({ shop: 300, other: 20 });
  });

  it('has its story under both names', async () => {
    const test = await watchedMachine();
    await rename(test, 'shop');
    const story = async (machine: string) =>
      (await test.engine.handlers['journal.list']({ machine, limit: 10 }, someone)).map(({ action }) => action);
    expect(await story('shop')).toEqual([
      'machine.renamed',
      'watch.changed',
      'accelerator.fallback',
      'machine.started',
      'machine.created',
    ]);
    expect((await story('demo'))[0]).toBe('machine.renamed');
    expect(await story('demo')).toContain('machine.created');
  });

  it('keeps an edit that waits for the next start', async () => {
    const test = await watchedMachine();
    await test.ended(test.engine.handlers['machine.edit']({ machine: 'demo', change: { cpus: 1 } }, someone));
    await rename(test, 'shop');
    const { pending } = await test.engine.handlers['machine.get']({ machine: 'shop' }, someone);
    expect(pending?.cpus).toBe(1);
  });
});

describe('a renaming', () => {
  it('to its own name does nothing; to a name that is taken, of a machine or a host, is refused', async () => {
    const test = await watchedMachine();
    expect((await rename(test, 'demo')).state).toBe('done');
    await test.create({ name: 'other' });
    await expect(rename(test, 'other')).rejects.toMatchObject({ code: 'bad-input', field: 'name' });
    await test.engine.handlers['host.add'](
      { name: 'lab', address: '192.0.2.7', port: 22, trustOnFirstUse: false },
      someone,
    );
    await expect(rename(test, 'lab')).rejects.toMatchObject({ code: 'bad-input', field: 'name' });
  });

  it('lets only one of two at the same moment have a name', async () => {
    const test = await engineUnderTest();
    for (const name of ['one', 'two']) await test.create({ name });
    const both = await Promise.allSettled([rename(test, 'same', 'one'), rename(test, 'same', 'two')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(filesOf(test).sort()).toHaveLength(2);
    const names = (await test.engine.handlers['machine.list']({}, someone)).map(({ name }) => name);
    expect(names.filter((name) => name === 'same')).toHaveLength(1);
    // The name that was let go is free again.
    expect((await test.create({ name: names.includes('one') ? 'two' : 'one' })).state).toBe('done');
  });

  it.each([
    [
      'a file that is no machine’s',
      'conflict',
      (test: EngineUnderTest) => test.definitions.written.set('shop', broken),
    ],
    [
      'a table that is no machine’s',
      'conflict',
      (test: EngineUnderTest) => test.lifecycle.change('shop', {}).then((reading) => test.lifecycle.edit(reading)),
    ],
    [
      'a definition that nobody can read',
      'refused',
      (test: EngineUnderTest) => test.definitions.written.set('demo', broken),
    ],
  ])('is refused in the way of %s', async (_, code, prepare) => {
    const test = await watchedMachine();
    await prepare(test);
    await expect(rename(test, 'shop')).rejects.toMatchObject({ code });
    expect((await only(test)).name).toBe('demo');
    expect(test.definitions.written.has('demo')).toBe(true);
  });

  it.each(['definitions', 'lifecycle'] as const)(
    'that fails at the %s leaves the old name everywhere',
    async (part) => {
      const test = await watchedMachine();
      test[part].refusal = new VigilError('refused', 'The disk is full.');
      expect(await rename(test, 'shop')).toMatchObject({ state: 'failed', error: { message: 'The disk is full.' } });
      test[part].refusal = null;
      expect((await only(test)).name).toBe('demo');
      expect([...test.store.machines.values()]).toMatchObject([{ name: 'demo' }]);
      expect([tablesOf(test), filesOf(test)]).toEqual([['demo'], ['demo']]);
      expect((await test.create({ name: 'shop' })).state).toBe('done');
    },
  );

  it('is not begun when it cannot be written down', async () => {
    const test = await watchedMachine();
    test.store.refusal = diskFull;
    await expect(rename(test, 'shop')).rejects.toMatchObject({ code: 'refused' });
    expect([(await only(test)).name, filesOf(test)]).toEqual(['demo', ['demo']]);
  });
});

const broken = {
  kind: 'broken',
  name: 'x',
  id: null,
  fault: { path: 'x.yaml', line: 1, field: null, message: 'x.yaml line 1: no.' },
} as const;

describe('the engine ends inside a renaming', () => {
  it.each(['before anything was moved', 'between table and file'])('%s: the next life moves the rest', async (when) => {
    const first = await watchedMachine();
    const { id } = await only(first);
    first.definitions.gate = new Promise(() => {});
    const operation = await first.engine.handlers['machine.rename']({ machine: 'demo', name: 'shop' }, someone);
    await expect.poll(() => tablesOf(first)).toEqual(['shop']);
    if (when.startsWith('before')) await first.lifecycle.rename('shop', 'demo');
    first.definitions.gate = null;
    first.provider.findings = new Map([[id, { kind: 'running', run: fakeRun(100) }]]);
    const { store, provider, definitions, lifecycle } = first;
    const second = await engineUnderTest({ store, provider, definitions, lifecycle });
    expect(await only(second)).toMatchObject({ id, name: 'shop', state: 'running', notice: null });
    expect([tablesOf(second), filesOf(second)]).toEqual([['shop'], ['shop']]);
    expect(store.machines.get(id)).not.toHaveProperty('renamedFrom');
    expect(await second.engine.handlers['operation.wait']({ operation: operation.id }, someone)).toMatchObject({
      state: 'done',
    });
    expect(second.actions()).toContain('machine.renamed');
  });

  it('what a person wrote into the file meanwhile counts in the next life, although the file is moved first', async () => {
    const first = await watchedMachine();
    const { id } = await only(first);
    first.definitions.gate = new Promise(() => {});
    await first.engine.handlers['machine.rename']({ machine: 'demo', name: 'shop' }, someone);
    await expect.poll(() => tablesOf(first)).toEqual(['shop']);
    first.definitions.gate = null;
    const reading = first.definitions.written.get('demo');
    if (reading?.kind !== 'good') throw new Error('no definition');
    await first.definitions.write({ ...reading.definition, config: { ...reading.definition.config, memoryMib: 768 } });
    first.provider.findings = new Map([[id, { kind: 'running', run: fakeRun(100) }]]);
    const { store, provider, definitions, lifecycle } = first;
    const reads = vi.spyOn(definitions, 'readAll');
    const second = await engineUnderTest({ store, provider, definitions, lifecycle });
    // What was read ahead is of before the move.
    expect(reads).toHaveBeenCalledTimes(2);
    const found = await second.engine.handlers['machine.get']({ machine: 'shop' }, someone);
    expect([found.machine.notice?.kind, found.pending?.memoryMib]).toEqual(['edited', 768]);
    await engineUnderTest({ store, provider, definitions, lifecycle });
    expect(reads).toHaveBeenCalledTimes(3);
  });
});
