import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { someone } from '../../../support/engine-under-test.ts';
import { latch } from '../../../support/fake-ports.ts';
import { timeTravel } from './time-travel.ts';

const broken = new VigilError('refused', 'the disk is broken');

async function suspended(memory = 'counting') {
  const demo = await timeTravel({ start: true });
  demo.write({ memory });
  expect(await demo.suspend()).toMatchObject({ kind: 'suspend', state: 'done' });
  return demo;
}

describe('suspend', () => {
  it('holds the guest, saves its memory, ends the process, and a start brings all of it back', async () => {
    const demo = await suspended();
    expect(demo.provider.calls.slice(-3).map((call) => call.split(' ')[0])).toEqual(['pause', 'save', 'stop']);
    expect(await demo.machine()).toMatchObject({ state: 'suspended', wanted: 'suspended', startedAt: null });
    expect(demo.store.machines.get(demo.id)).toMatchObject({ saved: { versions: { qemu: '7.2.0' } }, runtime: null });
    expect(await demo.start()).toMatchObject({ kind: 'start', state: 'done', result: { pid: 101 } });
    expect(demo.content().memory).toBe('counting');
    expect(demo.provider.held.has(demo.id)).toBe(false);
    expect(await demo.machine()).toMatchObject({ state: 'running', wanted: 'running' });
    expect([demo.tags(), demo.store.machines.get(demo.id)?.saved]).toEqual([[], undefined]);
    expect(demo.actions().slice(-2)).toEqual(['machine.suspended', 'machine.resumed']);
  });

  it('and resume are their own verbs', async () => {
    const demo = await suspended();
    const resumed = await demo.ended(demo.engine.handlers['machine.resume']({ machine: 'demo' }, someone));
    expect(resumed).toMatchObject({ kind: 'resume', state: 'done' });
    expect(demo.content().memory).toBe('counting');
  });

  it('twice is once; of a machine that is stopped it is refused', async () => {
    const demo = await suspended();
    expect(await demo.suspend()).toMatchObject({ state: 'done' });
    await demo.stop();
    await expect(demo.suspend()).rejects.toMatchObject({ code: 'refused' });
  });

  it('of a paused machine leaves it paused when it is cancelled, of a running one running', async () => {
    for (const pause of [true, false]) {
      const demo = await timeTravel({ start: true });
      if (pause) await demo.ended(demo.engine.handlers['machine.pause']({ machine: 'demo' }, someone));
      demo.provider.snapshots.gates.set('save', latch());
      const begun = await demo.engine.handlers['machine.suspend']({ machine: 'demo' }, someone);
      expect((await demo.engine.handlers['operation.cancel']({ operation: begun.id }, someone)).state).toBe(
        'cancelled',
      );
      const state = pause ? 'paused' : 'running';
      expect(await demo.machine()).toMatchObject({ state, wanted: state });
      expect([demo.tags(), demo.provider.held.has(demo.id)]).toEqual([[], pause]);
      expect(demo.store.machines.get(demo.id)).not.toHaveProperty('unfinished');
    }
  });

  it('gives the memory up only by force', async () => {
    const demo = await suspended();
    await expect(demo.stop(false)).rejects.toMatchObject({ code: 'refused', hint: expect.stringContaining('--force') });
    const restart = demo.engine.handlers['machine.restart'];
    await expect(restart({ machine: 'demo', force: false }, someone)).rejects.toMatchObject({ code: 'refused' });
    expect(demo.tags()).toHaveLength(1);
    expect(await demo.stop(true)).toMatchObject({ state: 'done', result: { rung: 'ended' } });
    expect(await demo.machine()).toMatchObject({ state: 'stopped', wanted: 'stopped' });
    expect(demo.tags()).toEqual([]);
    await demo.start();
    expect(demo.content().memory).toBe('booted');
  });

  it('whose resume is overtaken by a forced stop is stopped, without the memory', async () => {
    const demo = await suspended();
    demo.provider.startGate = new Promise(() => {});
    const starting = demo.start();
    await demo.clock.advance(0);
    expect(await demo.stop(true)).toMatchObject({ state: 'done' });
    expect((await starting).state).toBe('cancelled');
    expect(await demo.machine()).toMatchObject({ state: 'stopped', wanted: 'stopped' });
    expect([demo.tags(), demo.store.machines.get(demo.id)?.saved]).toEqual([[], undefined]);
  });

  it('by a forced restart begins anew', async () => {
    const demo = await suspended();
    await demo.ended(demo.engine.handlers['machine.restart']({ machine: 'demo', force: true }, someone));
    expect([demo.content().memory, demo.tags()]).toEqual(['booted', []]);
    expect(demo.store.machines.get(demo.id)).not.toHaveProperty('saved');
  });

  it.each([
    ['starting', (demo: Awaited<ReturnType<typeof suspended>>) => Object.assign(demo.provider, { startError: broken })],
    ['loading', (demo: Awaited<ReturnType<typeof suspended>>) => demo.provider.snapshots.failOnce('load', broken)],
  ])('whose resume fails while %s is suspended as before, with the reason', async (_about, breakIt) => {
    const demo = await suspended();
    breakIt(demo);
    expect((await demo.start()).state).toBe('failed');
    demo.provider.startError = null;
    expect(await demo.machine()).toMatchObject({
      state: 'suspended',
      wanted: 'suspended',
      notice: { severity: 'critical', text: expect.stringContaining('the disk is broken') },
    });
    expect([demo.provider.processes.size, demo.tags().length]).toEqual([0, 1]);
    expect((await demo.start()).state).toBe('done');
    expect(demo.content().memory).toBe('counting');
  });

  it('on hardware that is not here any more is refused beforehand, with the way out', async () => {
    const demo = await suspended();
    const { here } = demo.provider.snapshots;
    if (here !== null) demo.provider.snapshots.here = { ...here, machineTypes: ['pc-i440fx-9.9'] };
    const calls = demo.provider.calls.length;
    await expect(demo.start()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('pc-i440fx-7.2'),
      hint: expect.stringContaining('vigil stop demo --force'),
    });
    expect(demo.provider.calls).toHaveLength(calls);
    expect(await demo.machine()).toMatchObject({ state: 'suspended' });
  });

  it('keeps the hardware it has until it is stopped, whatever is edited meanwhile', async () => {
    const demo = await suspended();
    await demo.ended(demo.engine.handlers['machine.edit']({ machine: 'demo', change: { memoryMib: 128 } }, someone));
    await demo.start();
    expect(await demo.machine()).toMatchObject({ state: 'running', memoryMib: 64 });
  });
});

describe('a guest with an agent', () => {
  const withAgent = async () => {
    const demo = await timeTravel({ start: true });
    demo.provider.guest.looks.set('demo', { present: true, os: null, hostName: null, addresses: [], fileSystems: [] });
    return demo;
  };
  const said = (demo: Awaited<ReturnType<typeof withAgent>>) =>
    demo.provider.guest.calls.filter((call) => !call.startsWith('look'));

  it('holds its writes for a live snapshot and always lets them go', async () => {
    const demo = await withAgent();
    await demo.take('clean');
    expect(await demo.list()).toMatchObject([{ consistent: true }]);
    demo.provider.snapshots.failOnce('save', broken);
    await demo.take('broken');
    expect(said(demo)).toEqual(['freeze demo', 'thaw demo', 'freeze demo', 'thaw demo']);
  });

  it('that had its writes held when its memory was saved has them let go when it has that memory again', async () => {
    const demo = await withAgent();
    await demo.take('clean');
    demo.provider.guest.calls.length = 0;
    await demo.revert('clean');
    expect(said(demo)).toEqual(['thaw demo', 'time demo']);
  });
});
