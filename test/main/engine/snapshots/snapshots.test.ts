import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { someone } from '../../../support/engine-under-test.ts';
import { fakeHost, latch } from '../../../support/fake-ports.ts';
import { timeTravel } from './time-travel.ts';

const broken = new VigilError('refused', 'the disk is broken');
const names = async (demo: Awaited<ReturnType<typeof timeTravel>>) => (await demo.list()).map(({ name }) => name);

describe('taking a snapshot', () => {
  it('of a machine that runs has its memory, its versions and who took it, and the machine runs on', async () => {
    const demo = await timeTravel({ start: true });
    expect(await demo.take('clean')).toMatchObject({ kind: 'snapshot', state: 'done' });
    expect(await demo.list()).toMatchObject([
      {
        name: 'clean',
        machine: 'demo',
        parent: null,
        live: true,
        sizeBytes: 1000,
        creator: 'user',
        user: 'dev',
        expiresAt: null,
        current: true,
        obstacle: null,
      },
    ]);
    expect(demo.store.snapshots.values().next().value).toMatchObject({
      versions: { machineType: 'pc-i440fx-7.2', firmware: 'bios' },
      state: 'ready',
    });
    expect(await demo.machine()).toMatchObject({ state: 'running' });
    expect(demo.store.journal.at(-1)).toMatchObject({
      action: 'snapshot.taken',
      actor: 'user',
      details: { user: 'dev', snapshot: 'clean' },
    });
    expect(demo.events.of('snapshots.changed').at(-1)).toEqual({ machineId: demo.id });
  });

  it('of a machine that rests has its disks alone', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    expect(await demo.list()).toMatchObject([{ live: false, sizeBytes: null }]);
    expect(demo.provider.calls).toContain(`saveDisks demo ${demo.tags()[0]}`);
  });

  it('of the same name, of a suspended machine, of a raw disk or without room is refused before anything is done', async () => {
    const demo = await timeTravel({ start: true });
    await demo.take('clean');
    await expect(demo.take('clean')).rejects.toMatchObject({ code: 'bad-input', field: 'name' });
    await demo.suspend();
    await expect(demo.take('other')).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('vigil resume'),
    });
    const full = { ...fakeHost, diskFreeMib: () => Promise.resolve(1000) };
    const big = await timeTravel({ memoryMib: 4096, diskMib: 16, start: true }, { host: full });
    await expect(big.take('clean')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('4096 MiB'),
    });
    expect(big.tags()).toEqual([]);
  });

  it('that fails or is cancelled leaves no tag, no row and the machine as it was', async () => {
    const demo = await timeTravel({ start: true });
    demo.provider.snapshots.errors.set('save', broken);
    expect(await demo.take('clean')).toMatchObject({ state: 'failed', error: { message: 'the disk is broken' } });
    demo.provider.snapshots.errors.clear();
    demo.provider.snapshots.gates.set('save', latch());
    const begun = await demo.engine.handlers['snapshot.take']({ machine: 'demo', name: 'clean' }, someone);
    const cancelled = await demo.engine.handlers['operation.cancel']({ operation: begun.id }, someone);
    expect(cancelled.state).toBe('cancelled');
    expect([demo.tags(), await demo.list(), demo.store.snapshots.size]).toEqual([[], [], 0]);
    expect(demo.store.machines.get(demo.id)).not.toHaveProperty('unfinished');
    expect(await demo.machine()).toMatchObject({ state: 'running', notice: null });
  });

  it('whose remains cannot be removed is in nobody’s list, and is removed later', async () => {
    const demo = await timeTravel({ start: true });
    demo.provider.snapshots.errors.set('save', broken);
    demo.provider.snapshots.errors.set('remove', broken);
    await demo.take('clean');
    expect([await demo.list(), demo.store.snapshots.size]).toEqual([[], 1]);
    demo.provider.snapshots.errors.clear();
    await demo.clock.advance(60_000);
    expect(demo.store.snapshots.size).toBe(0);
  });

  it('a guest that is held for a moment was not paused', async () => {
    const demo = await timeTravel({ start: true });
    demo.provider.snapshots.gates.set('save', latch());
    const taking = demo.take('clean');
    await demo.clock.advance(0);
    demo.provider.report({ kind: 'paused', id: demo.id, generation: 1 });
    demo.provider.report({ kind: 'resumed', id: demo.id, generation: 1 });
    demo.provider.snapshots.gates.get('save')?.open();
    await taking;
    expect(demo.actions()).not.toContain('machine.paused');
    expect(demo.actions()).not.toContain('machine.resumed');
  });
});

describe('going back', () => {
  it('with memory brings memory and disks back, keeps how it was, and can itself be gone back on', async () => {
    const demo = await timeTravel({ start: true });
    demo.write({ disk: 'file', memory: 'counting' });
    await demo.take('clean');
    demo.write({ disk: 'no file', memory: 'other' });
    const reverted = await demo.revert('clean');
    expect(reverted).toMatchObject({
      kind: 'revert',
      state: 'done',
      result: { note: expect.stringContaining('7 days') },
    });
    expect(demo.content()).toEqual({ disk: 'file', memory: 'counting' });
    expect(demo.provider.held.has(demo.id)).toBe(false);
    expect(await demo.machine()).toMatchObject({ state: 'running', wanted: 'running', notice: null });
    const safety = (await demo.list()).find(({ creator }) => creator === 'safety');
    expect(safety).toMatchObject({
      name: 'before-clean-20260101-000000',
      parent: 'clean',
      live: true,
      user: null,
      expiresAt: '2026-01-08T00:00:00.000Z',
    });
    expect(await demo.list()).toMatchObject([{ name: 'clean', current: true }, { current: false }]);

    await demo.revert(safety?.name ?? '');
    expect(demo.content()).toEqual({ disk: 'no file', memory: 'other' });
    expect((await demo.list()).filter(({ current }) => current)).toMatchObject([{ name: safety?.name }]);
  });

  it('of a stopped machine to one with memory starts it on the hardware of then', async () => {
    const demo = await timeTravel({ start: true });
    demo.write({ memory: 'counting' });
    await demo.take('clean');
    await demo.stop();
    expect((await demo.revert('clean')).state).toBe('done');
    expect(demo.content()).toEqual({ disk: 'new', memory: 'counting' });
    expect(await demo.machine()).toMatchObject({ state: 'running', pid: 101 });
    expect((await demo.list()).at(-1)).toMatchObject({ creator: 'safety', live: false });
  });

  it('of a running machine to disks alone ends it, with its memory kept', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    await demo.start();
    demo.write({ disk: 'changed', memory: 'busy' });
    await demo.revert('clean');
    expect(demo.content()).toEqual({ disk: 'new', memory: null });
    expect(await demo.machine()).toMatchObject({ state: 'stopped', wanted: 'stopped' });
    const safety = (await demo.list()).at(-1);
    expect(safety).toMatchObject({ creator: 'safety', live: true });
    await demo.revert(safety?.name ?? '');
    expect(demo.content()).toEqual({ disk: 'changed', memory: 'busy' });
  });

  it('without its memory leaves it stopped, wherever it was', async () => {
    const demo = await timeTravel({ start: true });
    demo.write({ disk: 'file' });
    await demo.take('clean');
    demo.write({ disk: 'no file' });
    await demo.revert('clean', false);
    expect(demo.content()).toEqual({ disk: 'file', memory: null });
    expect(await demo.machine()).toMatchObject({ state: 'stopped' });
  });

  it('from a suspended machine keeps the memory it was suspended with', async () => {
    const demo = await timeTravel({ start: true });
    await demo.take('clean');
    demo.write({ memory: 'asleep' });
    await demo.suspend();
    await demo.revert('clean');
    expect(demo.content().memory).toBe('booted');
    const safety = (await demo.list()).at(-1);
    expect(safety).toMatchObject({ creator: 'safety', live: true });
    await demo.revert(safety?.name ?? '');
    expect(demo.content().memory).toBe('asleep');
  });

  it('brings back what the machine was made of, in its definition too, but not its tags', async () => {
    const demo = await timeTravel({ start: true });
    await demo.take('small');
    await demo.stop();
    await demo.ended(demo.engine.handlers['machine.edit']({ machine: 'demo', change: { memoryMib: 128 } }, someone));
    await demo.ended(demo.engine.handlers['machine.tag']({ machine: 'demo', tag: 'web', action: 'add' }, someone));
    await demo.start();
    expect(await demo.machine()).toMatchObject({ memoryMib: 128 });
    await demo.revert('small');
    expect(await demo.machine()).toMatchObject({ memoryMib: 64, tags: ['web'], state: 'running' });
    expect(demo.definitions.written.get('demo')).toMatchObject({
      definition: { config: { memoryMib: 64, tags: ['web'] } },
    });
    expect(demo.provider.calls.filter((call) => call.startsWith('start demo'))).toHaveLength(3);
  });

  it('says that a disk which came later is detached, and how to have it back', async () => {
    const demo = await timeTravel();
    await demo.take('plain');
    await demo.ended(demo.engine.handlers['disk.add']({ machine: 'demo', name: 'data', sizeMib: 16 }, someone));
    const reverted = await demo.revert('plain');
    expect(reverted.result?.note).toContain('The disk data, added since, is detached with its data');
    expect(demo.store.machines.get(demo.id)?.config.disks ?? []).toEqual([]);
    const safety = (await demo.list()).at(-1)?.name ?? '';
    const back = await demo.revert(safety);
    expect(back.result?.note).not.toContain('detached');
    expect(demo.store.machines.get(demo.id)?.config.disks).toEqual([{ name: 'data', sizeMib: 16 }]);
  });

  it('is refused beforehand, with the way out, where the memory cannot be loaded', async () => {
    const demo = await timeTravel({ start: true });
    demo.write({ disk: 'file' });
    await demo.take('clean');
    demo.write({ disk: 'other' });
    const { here } = demo.provider.snapshots;
    if (here !== null) demo.provider.snapshots.here = { ...here, qemu: '9.9.0', machineTypes: ['pc-i440fx-9.9'] };
    expect(await demo.list()).toMatchObject([{ obstacle: expect.stringContaining('--without-memory') }]);
    const calls = demo.provider.calls.length;
    await expect(demo.revert('clean')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('pc-i440fx-7.2'),
      hint: expect.stringContaining('--without-memory'),
    });
    expect(demo.provider.calls).toHaveLength(calls);
    expect((await demo.revert('clean', false)).state).toBe('done');
    expect(demo.content().disk).toBe('file');
  });

  it('to nothing names what there is', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    await expect(demo.revert('claen')).rejects.toMatchObject({ code: 'not-found', hint: 'It has clean.' });
  });

  it.each([
    ['saving how it is', 'save'],
    ['loading in the same process', 'load'],
  ] as const)('that fails while %s leaves it running as it was', async (_about, step) => {
    const demo = await timeTravel({ start: true });
    await demo.take('clean');
    demo.write({ disk: 'precious', memory: 'precious' });
    demo.provider.snapshots.failOnce(step, broken);
    expect((await demo.revert('clean')).state).toBe('failed');
    expect(demo.content()).toEqual({ disk: 'precious', memory: 'precious' });
    expect(demo.provider.held.has(demo.id)).toBe(false);
    expect(await demo.machine()).toMatchObject({ state: 'running', notice: { severity: 'warning' } });
    expect(await names(demo)).toEqual(['clean']);
    expect(demo.tags()).toHaveLength(1);
  });

  it('that fails once the process was ended brings it back from what was saved, running', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    await demo.start();
    demo.write({ disk: 'precious', memory: 'precious' });
    demo.provider.snapshots.failOnce('loadDisks', broken);
    expect((await demo.revert('clean')).state).toBe('failed');
    expect(demo.content()).toEqual({ disk: 'precious', memory: 'precious' });
    expect(await demo.machine()).toMatchObject({ state: 'running' });
    expect([await names(demo), demo.tags().length]).toEqual([['clean'], 1]);
  });

  it('that can neither go on nor back says so, keeps what was saved, and settles later', async () => {
    const demo = await timeTravel({ start: true });
    await demo.take('clean');
    demo.write({ disk: 'precious', memory: 'precious' });
    demo.provider.snapshots.errors.set('load', broken);
    demo.provider.snapshots.errors.set('loadDisks', broken);
    expect((await demo.revert('clean')).state).toBe('failed');
    expect(await demo.machine()).toMatchObject({
      notice: { severity: 'critical', text: expect.stringContaining('before-clean') },
    });
    await expect(demo.start()).rejects.toMatchObject({ code: 'conflict' });
    demo.provider.snapshots.errors.clear();
    await demo.clock.advance(60_000);
    expect(demo.content()).toEqual({ disk: 'precious', memory: 'precious' });
    expect(await demo.machine()).toMatchObject({ state: 'running' });
  });
});

describe('deleting', () => {
  it('any one leaves the others and the present, and closes the tree', async () => {
    const demo = await timeTravel({ start: true });
    for (const name of ['one', 'two', 'three']) await demo.take(name);
    expect((await demo.remove('two')).state).toBe('done');
    expect(await demo.list()).toMatchObject([
      { name: 'one', parent: null },
      { name: 'three', parent: 'one', current: true },
    ]);
    expect(demo.tags()).toHaveLength(2);
    await demo.remove('three');
    expect(await demo.list()).toMatchObject([{ name: 'one', current: true }]);
    expect(demo.actions().filter((action) => action === 'snapshot.deleted')).toHaveLength(2);
  });

  it('that fails takes it out of the list, because no disk may hold half of it, and is tried again', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    demo.provider.snapshots.errors.set('remove', broken);
    expect((await demo.remove('clean')).state).toBe('failed');
    expect(await demo.list()).toEqual([]);
    demo.provider.snapshots.errors.clear();
    await demo.clock.advance(60_000);
    expect([demo.tags(), demo.store.snapshots.size]).toEqual([[], 0]);
  });

  it('a machine takes its snapshots with it', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    await demo.ended(demo.engine.handlers['machine.delete']({ machine: 'demo', force: true }, someone));
    await demo.clock.advance(0);
    if (demo.store.machines.size === 0) expect(demo.store.snapshots.size).toBe(0);
  });

  it('goes by itself for a safety snapshot once its time is over, but not for the one that somebody went back to', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    await demo.revert('clean');
    await demo.clock.advance(60_000);
    await demo.revert('clean');
    const [, first, second] = await names(demo);
    await demo.revert(second ?? '');
    expect(await names(demo)).toHaveLength(4);
    await demo.clock.advance(8 * 86_400_000);
    expect(await names(demo)).toEqual(['clean', second]);
    expect(first).not.toBe(second);
    expect(
      demo.store.journal.filter(({ action, actor }) => action === 'snapshot.deleted' && actor === 'engine'),
    ).toHaveLength(2);
    await demo.revert('clean');
    await demo.clock.advance(600_000);
    expect(await names(demo)).not.toContain(second);
  });
});

describe('what can be asked', () => {
  const verbs = async (demo: Awaited<ReturnType<typeof timeTravel>>) =>
    (await demo.machine()).capabilities.filter((verb) => ['snapshot', 'revert', 'suspend', 'resume'].includes(verb));

  it('follows the state, and going back needs something to go back to', async () => {
    const demo = await timeTravel();
    expect(await verbs(demo)).toEqual(['snapshot']);
    await demo.take('clean');
    expect(await verbs(demo)).toEqual(['snapshot', 'revert']);
    await demo.start();
    expect(await verbs(demo)).toEqual(['snapshot', 'suspend', 'revert']);
    await demo.suspend();
    expect(await verbs(demo)).toEqual(['resume', 'revert']);
  });
});
