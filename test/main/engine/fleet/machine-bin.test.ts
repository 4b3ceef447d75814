import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { diskFull } from '../../../support/fake-ports.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Days of which only the last hour is lived through: every beat of the engine in between would take its time. */
async function passDays(test: EngineUnderTest, days: number): Promise<void> {
  test.clock.jumpWall(days * dayMs - hourMs);
  await test.clock.advance(hourMs);
}

async function withMachine(): Promise<EngineUnderTest> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo', forwards: [{ host: 2222, guest: 22 }] });
  return test;
}

const remove = (test: EngineUnderTest, machine = 'demo', force = false) =>
  test.ended(test.engine.handlers['machine.delete']({ machine, force }, someone));
const undelete = (test: EngineUnderTest, machine = 'demo') =>
  test.ended(test.engine.handlers['machine.undelete']({ machine }, someone));
const listOf = (test: EngineUnderTest): Promise<readonly Machine[]> =>
  Promise.resolve(test.engine.handlers['machine.list']({}, someone));
const binOf = (test: EngineUnderTest): Promise<readonly Machine[]> =>
  Promise.resolve(test.engine.handlers['machine.bin']({}, someone));
const next = ({ store, provider, definitions, lifecycle }: EngineUnderTest) =>
  engineUnderTest({ store, provider, definitions, lifecycle });

function recordOf(test: EngineUnderTest) {
  const [record] = test.store.machines.values();
  if (record === undefined) throw new Error('no machine');
  return record;
}

describe('a deleted machine', () => {
  it('is out of list, names and definitions, keeps its files, and is in the bin until a stated day', async () => {
    const test = await withMachine();
    const operation = await remove(test);
    expect(operation).toMatchObject({ state: 'done', result: { restorableUntil: '2026-01-08T00:00:00.000Z' } });
    expect(await listOf(test)).toEqual([]);
    expect(test.events.of('machine.removed')).toHaveLength(1);
    expect([test.provider.files.size, test.definitions.written.size]).toEqual([1, 0]);
    expect(await binOf(test)).toMatchObject([
      { name: 'demo', deletedAt: '2026-01-01T00:00:00.000Z', state: 'stopped', capabilities: [] },
    ]);
    await expect(async () => test.engine.handlers['machine.start']({ machine: 'demo' }, someone)).rejects.toMatchObject(
      { code: 'not-found' },
    );
    // Its name and its ports are free.
    expect((await test.create({ name: 'demo', forwards: [{ host: 2222, guest: 22 }] })).state).toBe('done');
  });

  it('is neither watched nor measured, and a new one of its name does not inherit how it was watched', async () => {
    const test = await withMachine();
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { ssh_user: 'root' } }, someone);
    await remove(test);
    expect(test.lifecycle.config.vms).toEqual({});
    expect(await test.engine.handlers['lifecycle.status']({}, someone)).toEqual([]);
    await test.clock.advance(120_000);
    expect(test.ssh.checks).toEqual([]);
    expect(await test.engine.handlers['metrics.newest']({}, someone)).toEqual([]);
  });

  it('comes back with id, definition, protection-free state and the way it was watched', async () => {
    const test = await withMachine();
    const { id } = recordOf(test);
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: { ssh_user: 'root' } }, someone);
    const watched = test.lifecycle.config;
    await remove(test);
    expect(await undelete(test)).toMatchObject({ kind: 'undelete', state: 'done' });
    expect(await listOf(test)).toMatchObject([{ id, name: 'demo', state: 'stopped', wanted: 'stopped' }]);
    expect((await listOf(test))[0]?.deletedAt).toBeUndefined();
    expect(test.lifecycle.config).toEqual(watched);
    expect([test.definitions.written.has('demo'), test.definitions.shelf.size]).toEqual([true, 0]);
    expect(await binOf(test)).toEqual([]);
    expect(test.actions().slice(-2)).toEqual(['machine.deleted', 'machine.undeleted']);
    expect((await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone))).state).toBe('done');
  });

  it('whose name was given away is a conflict with the way out; by its id it is found among several', async () => {
    const test = await withMachine();
    const first = recordOf(test).id;
    await remove(test);
    await test.create({ name: 'demo' });
    await expect(undelete(test)).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('vigil rename demo'),
    });
    await remove(test);
    await expect(undelete(test)).rejects.toMatchObject({ code: 'conflict', hint: expect.stringContaining(first) });
    expect((await undelete(test, first)).state).toBe('done');
    expect(await listOf(test)).toMatchObject([{ id: first }]);
  });

  it('is kept for seven days and then removed for good, also over restarts of the engine', async () => {
    const first = await withMachine();
    await remove(first);
    await passDays(first, 6);
    expect(first.provider.files.size).toBe(1);
    const second = await next(first);
    await passDays(second, 6);
    expect(await binOf(second)).toHaveLength(1);
    await passDays(second, 1);
    await second.clock.advance(hourMs);
    expect(await binOf(second)).toEqual([]);
    expect([second.store.machines.size, second.provider.files.size]).toEqual([0, 0]);
    expect(second.store.journal.at(-1)).toMatchObject({ action: 'machine.purged', actor: 'engine', machine: 'demo' });
    await expect(undelete(second)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that cannot be removed for good is tried again the next time', async () => {
    const test = await withMachine();
    await remove(test);
    const real = test.provider.remove.bind(test.provider);
    test.provider.remove = () => Promise.reject(new VigilError('conflict', 'Another program holds the disk.'));
    await passDays(test, 8);
    expect(test.store.machines.size).toBe(1);
    await expect(undelete(test)).rejects.toMatchObject({ code: 'refused' });
    test.provider.remove = real;
    await test.clock.advance(hourMs);
    expect(test.store.machines.size).toBe(0);
  });

  it('is deleted once; by force it goes for good', async () => {
    const test = await withMachine();
    await remove(test);
    await expect(remove(test)).rejects.toMatchObject({ code: 'conflict', hint: expect.stringContaining('undelete') });
    expect((await remove(test, 'demo', true)).state).toBe('done');
    expect([test.store.machines.size, test.provider.files.size]).toEqual([0, 0]);
    expect(await binOf(test)).toEqual([]);
  });
});

describe('snapshots', () => {
  it.each([true, false])('stay with a machine in the bin and go with it for good, by hand %s', async (byHand) => {
    const test = await withMachine();
    await test.ended(test.engine.handlers['snapshot.take']({ machine: 'demo', name: 'clean' }, someone));
    expect(test.store.snapshots.size).toBe(1);
    await remove(test);
    expect(test.store.snapshots.size).toBe(1);
    if (byHand) await remove(test, 'demo', true);
    else await passDays(test, 8);
    expect([test.store.machines.size, test.store.snapshots.size]).toEqual([0, 0]);
  });
});

describe('a deletion', () => {
  it('of a running machine is refused without force, and by force leaves nothing to bring back', async () => {
    const test = await engineUnderTest();
    await test.create({ name: 'demo', start: true });
    await expect(remove(test)).rejects.toMatchObject({ code: 'refused', message: "'demo' is running." });
    expect((await remove(test, 'demo', true)).result).toBeUndefined();
    expect(await binOf(test)).toEqual([]);
    expect(test.provider.files.size).toBe(0);
  });

  it('does nothing when it cannot be written down', async () => {
    const test = await withMachine();
    test.store.refusal = diskFull;
    await expect(remove(test)).rejects.toMatchObject({ code: 'refused' });
    expect(await listOf(test)).toHaveLength(1);
    expect(test.definitions.written.size).toBe(1);
  });

  it('whose definition cannot be moved leaves the machine whole', async () => {
    const test = await withMachine();
    test.definitions.refusal = new VigilError('refused', 'The disk is full.');
    expect(await remove(test)).toMatchObject({ state: 'failed', error: { message: 'The disk is full.' } });
    expect(await listOf(test)).toMatchObject([{ name: 'demo', state: 'stopped' }]);
    expect(recordOf(test).deletedAt).toBeUndefined();
    expect(await binOf(test)).toEqual([]);
  });

  it('goes on although lifecycle-config.toml is broken', async () => {
    const test = await withMachine();
    await test.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: {} }, someone);
    test.lifecycle.refusal = new VigilError('refused', 'The file is broken.');
    expect((await remove(test)).state).toBe('done');
    expect(await binOf(test)).toHaveLength(1);
  });
});

describe('the engine ends', () => {
  it('inside a deletion: the next life finishes it, and the name is free', async () => {
    const first = await withMachine();
    await first.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: {} }, someone);
    first.definitions.gate = new Promise(() => {});
    const { id } = await first.engine.handlers['machine.delete']({ machine: 'demo', force: false }, someone);
    first.definitions.gate = null;
    const second = await next(first);
    expect(await listOf(second)).toEqual([]);
    expect(await binOf(second)).toMatchObject([{ name: 'demo' }]);
    expect([second.definitions.written.size, second.definitions.shelf.size]).toEqual([0, 1]);
    expect(second.lifecycle.config.vms).toEqual({});
    expect(await second.engine.handlers['operation.wait']({ operation: id }, someone)).toMatchObject({ state: 'done' });
    expect((await undelete(second)).state).toBe('done');
    expect(Object.keys(second.lifecycle.config.vms)).toEqual(['demo']);
  });

  it('inside a return: the next life finishes it', async () => {
    const first = await withMachine();
    await first.engine.handlers['lifecycle.enable']({ machine: 'demo', watch: {} }, someone);
    await remove(first);
    first.definitions.gate = new Promise(() => {});
    await first.engine.handlers['machine.undelete']({ machine: 'demo' }, someone);
    first.definitions.gate = null;
    const second = await next(first);
    expect(await listOf(second)).toMatchObject([{ name: 'demo', state: 'stopped', notice: null }]);
    expect(await binOf(second)).toEqual([]);
    expect([second.definitions.written.has('demo'), second.definitions.shelf.size]).toEqual([true, 0]);
    expect(Object.keys(second.lifecycle.config.vms)).toEqual(['demo']);
    expect(recordOf(second)).not.toHaveProperty('shelvedWatch');
    expect(second.actions()).toContain('machine.undeleted');
  });

  it('while files of the bin are going: the next life removes the rest and nothing can be brought back', async () => {
    const first = await withMachine();
    await remove(first);
    const real = first.provider.remove.bind(first.provider);
    first.provider.remove = () => new Promise(() => {});
    await first.engine.handlers['machine.delete']({ machine: 'demo', force: true }, someone);
    first.provider.remove = real;
    const second = await next(first);
    expect(await binOf(second)).toEqual([]);
    expect([second.store.machines.size, second.provider.files.size]).toEqual([0, 0]);
  });

  it('with a machine in the bin whose definition lies about: it is not taken for a new one', async () => {
    const first = await withMachine();
    const reading = first.definitions.written.get('demo');
    await remove(first);
    if (reading !== undefined) first.definitions.written.set('demo', reading);
    const second = await next(first);
    expect(await listOf(second)).toEqual([]);
    expect(await binOf(second)).toHaveLength(1);
  });
});
