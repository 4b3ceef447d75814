import { describe, expect, it } from 'vitest';
import { createTimeBudget } from '../../../../main/adapters/ssh/time-budget.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function rig(totalMs: number) {
  const clock = new ManualClock();
  const stop = createStopSource();
  const undone: string[] = [];
  const budget = createTimeBudget(clock, totalMs, stop.signal);
  const begin = (name: string) => (_done: (value: string) => void) => () => undone.push(name);
  return { clock, stop, undone, budget, begin };
}

describe('a time budget', () => {
  it('ends a step at its own limit, undoes it and leaves no timer', async () => {
    const { clock, undone, budget, begin } = rig(1000);
    const step = budget.step(300, begin('step'));
    await clock.advance(299);
    expect(undone).toEqual([]);
    await clock.advance(1);
    expect([await step, undone, clock.waiting]).toEqual([{ kind: 'late' }, ['step'], 0]);
  });

  it('ends every step at the end of the whole', async () => {
    const { clock, budget, begin } = rig(1000);
    const first = budget.step(800, begin('first'));
    await clock.advance(800);
    await first;
    const second = budget.step(800, begin('second'));
    await clock.advance(200);
    expect(await second).toEqual({ kind: 'late' });
    expect(await budget.step(800, begin('third'))).toEqual({ kind: 'late' });
  });

  it('does not undo what ended well', async () => {
    const { clock, undone, budget } = rig(1000);
    const end = await budget.step<string>(300, (done) => {
      done('good');
      return () => undone.push('step');
    });
    await clock.advance(2000);
    expect([end, undone, clock.waiting]).toEqual([{ kind: 'done', value: 'good' }, [], 0]);
  });

  it('ends at once when cancelled, and begins nothing after', async () => {
    const { clock, stop, undone, budget, begin } = rig(1000);
    const step = budget.step(300, begin('step'));
    stop.stop('enough');
    expect([await step, undone, clock.waiting]).toEqual([{ kind: 'cancelled' }, ['step'], 0]);
    expect(await budget.step(300, begin('later'))).toEqual({ kind: 'cancelled' });
    expect(undone).toEqual(['step']);
  });

  it('passes on what the work throws', async () => {
    const { clock, budget } = rig(1000);
    await expect(budget.wait(300, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const throwing = budget.step(300, () => {
      throw new Error('at once');
    });
    await expect(throwing).rejects.toThrow('at once');
    expect(clock.waiting).toBe(0);
  });
});
