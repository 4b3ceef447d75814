import { describe, expect, it } from 'vitest';
import { climbStopLadder, type GuestCondition, type LadderTarget } from '../../../../main/adapters/qemu/stop-ladder.ts';
import { createStopSource, type StopSource } from '../../../../main/contract/stop-signal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

type Word = 'resume' | 'agent' | 'power button' | 'quit' | 'SIGTERM' | 'SIGKILL';

interface Guest {
  readonly condition?: GuestCondition;
  readonly hasAgent?: boolean;
  /** Ends this long after that word. */
  readonly obeys?: Word;
  readonly afterMs?: number;
  readonly goneAtOnce?: boolean;
  /** Its monitor answers no word, so long after it was spoken to. */
  readonly unheardAfterMs?: number;
  readonly doomedAfter?: Word;
  readonly lockHeldMs?: number;
  /** How long after its end its monitor hangs up; it gives no sign when absent. */
  readonly signAfterMs?: number;
}

function guest(guest: Guest) {
  const clock = new ManualClock();
  const heard: [word: Word, atMs: number][] = [];
  let goneAt = guest.goneAtOnce === true ? 0 : Number.POSITIVE_INFINITY;
  let condition = guest.condition ?? 'running';
  const listeners = new Set<() => void>();
  let asked = 0;
  const sign = () => {
    for (const listener of [...listeners]) listener();
  };
  const hear = async (word: Word) => {
    heard.push([word, clock.monotonicNow()]);
    if (word === guest.obeys) {
      goneAt = Math.min(goneAt, clock.monotonicNow() + (guest.afterMs ?? 0));
      if (guest.signAfterMs !== undefined) clock.after(goneAt - clock.monotonicNow() + guest.signAfterMs, sign);
    }
    if (word === guest.doomedAfter) condition = 'doomed';
  };
  const isGone = () => clock.monotonicNow() >= goneAt;
  const target: LadderTarget = {
    isGone,
    onSign: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    condition: async () => {
      asked += 1;
      return condition;
    },
    resume: () => hear('resume'),
    askAgent: async () => {
      if (guest.hasAgent !== true) return false;
      await hear('agent');
      return true;
    },
    pressPowerButton: () => hear('power button'),
    quit: async () => {
      await hear('quit');
      const { unheardAfterMs } = guest;
      if (unheardAfterMs === undefined) return;
      await new Promise<void>((resolve) => void clock.after(unheardAfterMs, resolve));
      throw new Error('No answer.');
    },
    signal: (signal) => hear(signal),
    lockIsFree: async () => isGone() && clock.monotonicNow() >= goneAt + (guest.lockHeldMs ?? 0),
  };
  return { clock, heard, listeners, target, askedHowItIs: () => asked };
}

async function climb(
  { clock, target }: ReturnType<typeof guest>,
  options: { force?: boolean; acpiMs?: number; source?: StopSource; budgetMs?: number } = {},
) {
  const outcome = climbStopLadder(target, {
    force: options.force ?? false,
    acpiMs: options.acpiMs ?? 30_000,
    clock,
    signal: (options.source ?? createStopSource()).signal,
    progress: () => {},
  });
  let ended = false;
  const settled = outcome.then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  for (let spent = 0; !ended && spent < (options.budgetMs ?? 120_000); spent += 25) await clock.advance(25);
  if (!ended) throw new Error('The ladder did not end.');
  await settled;
  return outcome;
}

describe('the stop ladder', () => {
  it('is done with a machine that is gone', async () => {
    const one = guest({ goneAtOnce: true });
    expect(await climb(one)).toBe('ended');
    expect(one.heard).toEqual([]);
  });

  it('asks the agent first, and nothing else when it obeys', async () => {
    const one = guest({ hasAgent: true, obeys: 'agent', afterMs: 3000 });
    expect(await climb(one)).toBe('agent');
    expect(one.heard).toEqual([['agent', 0]]);
  });

  it('presses the power button at once where there is no agent, and again at half the time', async () => {
    const one = guest({ obeys: 'quit' });
    expect(await climb(one)).toBe('quit');
    expect(one.heard).toEqual([
      ['power button', 0],
      ['power button', 15_000],
      ['quit', 30_000],
    ]);
  });

  it('gives a deaf agent 10 s before the power button', async () => {
    const one = guest({ hasAgent: true, obeys: 'power button', afterMs: 500 });
    expect(await climb(one)).toBe('acpi');
    expect(one.heard).toEqual([
      ['agent', 0],
      ['power button', 10_000],
    ]);
  });

  it('climbs every rung for a machine that hears nothing, each with its time', async () => {
    const one = guest({ hasAgent: true, obeys: 'SIGKILL', afterMs: 100 });
    expect(await climb(one, { acpiMs: 4000 })).toBe('kill');
    expect(one.heard).toEqual([
      ['agent', 0],
      ['power button', 10_000],
      ['power button', 12_000],
      ['quit', 14_000],
      ['SIGTERM', 19_000],
      ['SIGKILL', 24_000],
    ]);
  });

  it('begins at quit by force', async () => {
    const one = guest({ hasAgent: true, obeys: 'quit' });
    expect(await climb(one, { force: true })).toBe('quit');
    expect(one.heard).toEqual([['quit', 0]]);
  });

  it('by force asks not how the guest does', async () => {
    const one = guest({ obeys: 'quit' });
    await climb(one, { force: true });
    expect(one.askedHowItIs()).toBe(0);
  });

  it('by force goes to signals soon after a monitor that does not answer', async () => {
    const one = guest({ obeys: 'SIGTERM', unheardAfterMs: 2000 });
    expect(await climb(one, { force: true })).toBe('term');
    expect(one.heard).toEqual([
      ['quit', 0],
      ['SIGTERM', 2250],
    ]);
  });

  it('knows that a monitor which hung up without an answer was heard all the same', async () => {
    const one = guest({ obeys: 'quit', afterMs: 1100, unheardAfterMs: 1000 });
    expect(await climb(one, { force: true })).toBe('quit');
    expect(one.heard).toEqual([['quit', 0]]);
  });

  it('resumes a paused guest before it speaks to it', async () => {
    const one = guest({ condition: 'paused', obeys: 'power button' });
    expect(await climb(one)).toBe('acpi');
    expect(one.heard.map(([word]) => word)).toEqual(['resume', 'power button']);
  });

  it('does not ask a guest that will never obey', async () => {
    const one = guest({ condition: 'doomed', obeys: 'quit' });
    expect(await climb(one)).toBe('quit');
    expect(one.heard).toEqual([['quit', 0]]);
  });

  it('does not wait for a guest that panics on its way down', async () => {
    const one = guest({ obeys: 'quit', doomedAfter: 'power button' });
    expect(await climb(one)).toBe('quit');
    expect(one.heard).toEqual([
      ['power button', 0],
      ['quit', 15_000],
    ]);
  });

  it('goes to signals when the monitor is silent', async () => {
    const one = guest({ condition: 'silent', obeys: 'SIGKILL' });
    expect(await climb(one)).toBe('kill');
    expect(one.heard).toEqual([
      ['SIGTERM', 0],
      ['SIGKILL', 5000],
    ]);
  });

  it('comes back only when the image lock is free too', async () => {
    const one = guest({ obeys: 'quit', lockHeldMs: 2000 });
    expect(await climb(one, { force: true })).toBe('quit');
    expect(one.clock.monotonicNow()).toBeGreaterThanOrEqual(2000);
  });

  it('says so when another program keeps the disk', async () => {
    const one = guest({ obeys: 'quit', lockHeldMs: 60_000 });
    await expect(climb(one, { force: true })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('says so when not even SIGKILL ends it', async () => {
    await expect(climb(guest({}))).rejects.toMatchObject({ code: 'timeout' });
  });

  it('climbs no further once cancelled', async () => {
    const source = createStopSource();
    const one = guest({ obeys: 'quit' });
    one.clock.after(7000, () => source.stop('enough'));
    await expect(climb(one, { source })).rejects.toMatchObject({ code: 'cancelled' });
    expect(one.heard).toEqual([['power button', 0]]);
  });

  it('looks at once when the monitor hangs up, and lets go of it', async () => {
    const one = guest({ obeys: 'quit', afterMs: 7, signAfterMs: 0 });
    const rung = climbStopLadder(one.target, {
      force: true,
      acpiMs: 0,
      clock: one.clock,
      signal: createStopSource().signal,
      progress: () => {},
    });
    await one.clock.advance(7);
    expect(await rung).toBe('quit');
    expect(one.clock.monotonicNow()).toBe(7);
    expect([one.listeners.size, one.clock.waiting]).toEqual([0, 0]);
  });

  it('takes a sign for no proof: a monitor that hung up while the process lives on is no end', async () => {
    const one = guest({ obeys: 'quit', afterMs: 900, signAfterMs: -890 });
    expect(await climb(one, { force: true })).toBe('quit');
    expect(one.heard).toEqual([['quit', 0]]);
    expect(one.clock.monotonicNow()).toBeGreaterThanOrEqual(900);
  });
});
