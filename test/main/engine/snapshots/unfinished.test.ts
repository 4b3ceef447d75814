import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { latch } from '../../../support/fake-ports.ts';
import { type TimeTravel, timeTravel } from './time-travel.ts';

/** The engine dies in the middle; what the next one makes of it. `alive`: the machine's process lived on. */

type Step = 'save' | 'load' | 'saveDisks' | 'loadDisks' | 'remove';

/** Begins something and lets it stand right before a step: it never comes to it in this life. */
async function upTo(demo: TimeTravel, step: Step, begin: () => Promise<unknown>): Promise<void> {
  demo.provider.snapshots.gates.set(step, latch());
  begin().catch(() => undefined);
  await demo.clock.advance(0);
  expect(demo.provider.calls.some((call) => call.startsWith(`${step} demo`))).toBe(true);
}
const settledRow = (demo: TimeTravel) => {
  expect(demo.store.machines.get(demo.id)).not.toHaveProperty('unfinished');
  expect([...demo.store.snapshots.values()].every(({ state }) => state === 'ready')).toBe(true);
};

describe('a snapshot cut short', () => {
  it.each([true, false])('before anything was saved is taken back (alive: %s)', async (alive) => {
    const demo = await timeTravel({ start: true });
    await upTo(demo, 'save', () => demo.take('clean'));
    const next = await demo.nextLife(alive);
    expect([await next.list(), next.tags()]).toEqual([[], []]);
    settledRow(next);
    expect((await next.take('clean')).state).toBe('done');
  });

  it('whose images hold it whole is finished', async () => {
    const demo = await timeTravel({ start: true });
    await upTo(demo, 'save', () => demo.take('clean'));
    const [tag = ''] = [...demo.store.snapshots.values()].map((snapshot) => snapshot.tag);
    demo.provider.snapshots.tags.set(demo.id, new Map([[tag, demo.content()]]));
    const next = await demo.nextLife(true);
    expect(await next.list()).toMatchObject([{ name: 'clean', sizeBytes: 1000, current: true }]);
    settledRow(next);
    expect(next.provider.calls).toContain('finishJobs demo');
  });

  it('that is in some disks only is removed from them', async () => {
    const demo = await timeTravel();
    await upTo(demo, 'saveDisks', () => demo.take('clean'));
    const [tag = ''] = [...demo.store.snapshots.values()].map((snapshot) => snapshot.tag);
    demo.provider.snapshots.tags.set(demo.id, new Map([[tag, null]]));
    const next = await demo.nextLife(false);
    expect([await next.list(), next.tags()]).toEqual([[], []]);
    settledRow(next);
  });

  it('in its deletion is deleted', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    await upTo(demo, 'remove', () => demo.remove('clean'));
    const next = await demo.nextLife(false);
    expect([await next.list(), next.tags(), next.store.snapshots.size]).toEqual([[], [], 0]);
  });
});

describe('a suspension cut short', () => {
  it('with the process there is taken back: the guest goes on', async () => {
    const demo = await timeTravel({ start: true });
    await upTo(demo, 'save', () => demo.suspend());
    const next = await demo.nextLife(true);
    expect(next.provider.held.has(next.id)).toBe(false);
    expect(await next.machine()).toMatchObject({ state: 'running', wanted: 'running' });
    settledRow(next);
  });

  it('after the memory was saved and the process ended is finished', async () => {
    const demo = await timeTravel({ start: true });
    demo.write({ memory: 'counting' });
    await upTo(demo, 'save', () => demo.suspend());
    const unfinished = demo.store.machines.get(demo.id)?.unfinished;
    if (unfinished?.kind !== 'suspend') throw new Error('nothing is under way');
    demo.provider.snapshots.tags.set(demo.id, new Map([[unfinished.saved.tag, demo.content()]]));
    const next = await demo.nextLife(false);
    expect(await next.machine()).toMatchObject({ state: 'suspended', wanted: 'suspended' });
    settledRow(next);
    await next.start();
    expect(next.content().memory).toBe('counting');
  });

  it('with neither process nor memory is a stopped machine', async () => {
    const demo = await timeTravel({ start: true });
    await upTo(demo, 'save', () => demo.suspend());
    const next = await demo.nextLife(false);
    expect(await next.machine()).toMatchObject({ state: 'stopped' });
    settledRow(next);
    expect((await next.start()).state).toBe('done');
  });
});

describe('a resume cut short', () => {
  const asleep = async () => {
    const demo = await timeTravel({ start: true });
    demo.write({ memory: 'counting' });
    await demo.suspend();
    return demo;
  };

  it.each(['load', 'remove'] as const)('before %s, with the process there, is finished', async (step) => {
    const demo = await asleep();
    await upTo(demo, step, () => demo.start());
    const next = await demo.nextLife(true);
    expect(next.content().memory).toBe('counting');
    expect(next.provider.held.has(next.id)).toBe(false);
    expect(await next.machine()).toMatchObject({ state: 'running' });
    expect(next.tags()).toEqual([]);
    expect(next.store.machines.get(next.id)).not.toHaveProperty('saved');
    settledRow(next);
  });

  it.each(['load', 'remove'] as const)('before %s, with the process gone, is suspended as before', async (step) => {
    const demo = await asleep();
    await upTo(demo, step, () => demo.start());
    const next = await demo.nextLife(false);
    expect(await next.machine()).toMatchObject({ state: 'suspended' });
    settledRow(next);
    await next.start();
    expect(next.content().memory).toBe('counting');
  });

  it.each([
    [true, 'stopped'],
    [false, 'suspended'],
  ] as const)('by a forced stop is what the disks say (memory gone: %s)', async (isGone, state) => {
    const demo = await asleep();
    await upTo(demo, 'remove', () => demo.stop(true));
    const next = await demo.nextLife(false, () => {
      if (isGone) demo.provider.snapshots.tags.clear();
    });
    expect(await next.machine()).toMatchObject({ state });
    expect(next.store.machines.get(next.id)?.saved === undefined).toBe(isGone);
    settledRow(next);
  });

  it('is nothing new for a machine that simply is suspended', async () => {
    const demo = await asleep();
    const next = await demo.nextLife(false);
    expect(await next.machine()).toMatchObject({ state: 'suspended', wanted: 'suspended' });
    expect(next.provider.calls).not.toContain('finishJobs demo');
  });
});

describe('a revert cut short', () => {
  const changed = async () => {
    const demo = await timeTravel({ start: true });
    await demo.take('clean');
    demo.write({ disk: 'precious', memory: 'precious' });
    return demo;
  };

  it.each(['save', 'load'] as const)('before %s, with the process there, leaves it running as it was', async (step) => {
    const demo = await changed();
    await upTo(demo, step, () => demo.revert('clean'));
    if (step === 'load') demo.write({ disk: 'half', memory: 'half' });
    const next = await demo.nextLife(true);
    expect(next.content()).toEqual({ disk: 'precious', memory: 'precious' });
    expect(next.provider.held.has(next.id)).toBe(false);
    expect(await next.machine()).toMatchObject({ state: 'running', notice: { kind: 'interrupted' } });
    expect((await next.list()).map(({ name }) => name)).toEqual(['clean']);
    expect(next.tags()).toHaveLength(1);
    settledRow(next);
  });

  it('with the process gone brings it back from what was saved', async () => {
    const demo = await changed();
    await upTo(demo, 'load', () => demo.revert('clean'));
    demo.write({ disk: 'half' });
    const next = await demo.nextLife(false);
    expect(next.content()).toEqual({ disk: 'precious', memory: 'precious' });
    expect(await next.machine()).toMatchObject({ state: 'running' });
    settledRow(next);
  });

  it('of a stopped machine leaves it stopped with the disks it had', async () => {
    const demo = await timeTravel();
    await demo.take('clean');
    demo.write({ disk: 'precious' });
    await upTo(demo, 'loadDisks', () => demo.revert('clean'));
    demo.write({ disk: 'half' });
    const next = await demo.nextLife(false);
    expect(next.content()).toEqual({ disk: 'precious', memory: null });
    expect(await next.machine()).toMatchObject({ state: 'stopped' });
    settledRow(next);
  });

  it('of a suspended machine leaves it suspended with the memory it had', async () => {
    const demo = await changed();
    await demo.suspend();
    await upTo(demo, 'loadDisks', () => demo.revert('clean'));
    const next = await demo.nextLife(false);
    expect(await next.machine()).toMatchObject({ state: 'suspended' });
    settledRow(next);
    await next.start();
    expect(next.content().memory).toBe('precious');
  });

  it('after everything was loaded lets the guest go on from there', async () => {
    const demo = await changed();
    demo.provider.holdError = null;
    const { resume } = demo.provider;
    demo.provider.resume = () => new Promise(() => {});
    demo.revert('clean').catch(() => undefined);
    await demo.clock.advance(0);
    expect(demo.store.machines.get(demo.id)?.unfinished).toMatchObject({ phase: 'loaded' });
    demo.provider.resume = resume.bind(demo.provider);
    const next = await demo.nextLife(true);
    expect(next.content()).toEqual({ disk: 'new', memory: 'booted' });
    expect(await next.machine()).toMatchObject({ state: 'running' });
    expect(await next.list()).toMatchObject([{ name: 'clean', current: true }, { creator: 'safety' }]);
    settledRow(next);
  });

  it('whose process came up only after it was looked for is taken back all the same', async () => {
    const demo = await timeTravel({ start: true });
    await demo.take('clean');
    await demo.stop();
    demo.write({ disk: 'precious' });
    await upTo(demo, 'load', () => demo.revert('clean'));
    const next = await demo.nextLife(true, () => {
      const { provider } = demo;
      const late = provider.findings;
      let looks = 0;
      provider.reconcile = async () => {
        looks += 1;
        return { findings: looks === 1 ? new Map([[demo.id, { kind: 'gone', end: null }]]) : late, strays: [] };
      };
    });
    expect(next.provider.processes.size).toBe(0);
    expect(next.content()).toEqual({ disk: 'precious', memory: null });
    expect(await next.machine()).toMatchObject({ state: 'stopped' });
    settledRow(next);
  });

  it.each([true, false])('and cut short again while it is taken back ends the same (started: %s)', async (started) => {
    const demo = await timeTravel({ start: started });
    await demo.take('clean');
    demo.write({ disk: 'precious', memory: started ? 'precious' : null });
    await upTo(demo, started ? 'load' : 'loadDisks', () => demo.revert('clean'));
    // The second life dies before each of its own steps, one after the other.
    let life = demo;
    for (const step of [started ? 'load' : 'loadDisks', 'remove'] as const) {
      const gate = latch<void>();
      const next = await life.nextLife(started, () => demo.provider.snapshots.gates.set(step, gate), false);
      await next.clock.advance(0);
      life = next;
    }
    // It had gone from the disks already when the second life ended.
    const safety = [...life.store.snapshots.values()].find(({ creator }) => creator === 'safety');
    demo.provider.snapshots.tags.get(demo.id)?.delete(safety?.tag ?? '');
    const last = await life.nextLife(started);
    expect(last.content()).toEqual({ disk: 'precious', memory: started ? 'precious' : null });
    expect(await last.machine()).toMatchObject({ state: started ? 'running' : 'stopped' });
    expect([last.tags().length, (await last.list()).map(({ name }) => name)]).toEqual([1, ['clean']]);
    expect(last.provider.held.has(last.id)).toBe(false);
    settledRow(last);
  });

  it('is settled without a start when it was stopped meanwhile', async () => {
    const demo = await changed();
    await upTo(demo, 'load', () => demo.revert('clean'));
    const broken = new VigilError('conflict', 'another program holds the disk');
    const next = await demo.nextLife(false, () => demo.provider.snapshots.errors.set('loadDisks', broken));
    expect((await next.stop()).state).toBe('done');
    next.provider.snapshots.errors.clear();
    await next.clock.advance(60_000);
    expect(next.provider.processes.size).toBe(0);
    expect(await next.machine()).toMatchObject({ state: 'suspended' });
    expect(next.content().disk).toBe('precious');
    settledRow(next);
  });

  it('that cannot be settled says so, holds the machine back, and is tried again', async () => {
    const demo = await changed();
    await upTo(demo, 'load', () => demo.revert('clean'));
    demo.write({ disk: 'half', memory: 'half' });
    const broken = new VigilError('refused', 'the disk is broken');
    const next = await demo.nextLife(true, () => {
      demo.provider.snapshots.errors.set('load', broken);
      demo.provider.snapshots.errors.set('loadDisks', broken);
    });
    expect(await next.machine()).toMatchObject({
      notice: { severity: 'critical', text: expect.stringContaining('before-clean') },
    });
    await expect(next.take('other')).rejects.toMatchObject({ code: 'conflict' });
    next.provider.snapshots.errors.clear();
    await next.clock.advance(60_000);
    expect(next.content()).toEqual({ disk: 'precious', memory: 'precious' });
  });
});

describe('images that were being changed', () => {
  it.each([true, false])('are tidied where no process holds them (alive: %s)', async (alive) => {
    const demo = await timeTravel({ start: true });
    await upTo(demo, 'save', () => demo.take('clean'));
    const next = await demo.nextLife(alive);
    expect(next.provider.calls.includes('tidy demo')).toBe(!alive);
  });

  it('are tidied before anything else is done with them', async () => {
    const demo = await timeTravel();
    await upTo(demo, 'saveDisks', () => demo.take('clean'));
    const before = demo.provider.calls.length;
    const next = await demo.nextLife(false);
    const touched = next.provider.calls.slice(before).filter((call) => /^(?:tidy|remove|held) demo/.test(call));
    expect(touched.map((call) => call.split(' ')[0])).toEqual(['tidy', 'remove']);
  });

  it('with faults of another kind are named in the journal', async () => {
    const demo = await timeTravel();
    await upTo(demo, 'saveDisks', () => demo.take('clean'));
    demo.provider.snapshots.faulty = ['disk0'];
    const next = await demo.nextLife(false);
    const told = next.store.journal.filter(({ action }) => action === 'disk.checked').map(({ summary }) => summary);
    expect(told).toEqual(["The disk 'disk0' of 'demo' has faults. Look at them: vigil disk demo check --disk disk0"]);
    settledRow(next);
  });
});
