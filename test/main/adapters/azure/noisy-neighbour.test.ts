import { describe, expect, it } from 'vitest';
import { createLimiter, type Limiter } from '../../../../main/adapters/azure/limiter.ts';
import { ArmUnderPressure, armAsks } from '../../../support/arm-under-pressure.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const machines = 200;
const runMs = 60_000;
const latencyMs = 80;
const atOnce = 8;

/** Lets everything through at once, as each call of the library does by itself. */
const none: Limiter = {
  enter: async () => undefined,
  freeze: () => undefined,
  left: () => undefined,
  frozenMs: () => 0,
};

interface Run {
  readonly arm: ArmUnderPressure;
  /** For each machine, when it was last read; undefined when it never was. */
  readonly readAt: readonly (number | undefined)[];
  /** From the decision to the moment at which the restart left. */
  readonly healMs: number | null;
}

/** Lists, looks and metrics of 200 machines for a minute, beside somebody who takes 70 % of all there is. */
async function run(limiterOf: (clock: ManualClock) => Limiter, workers: number): Promise<Run> {
  const clock = new ManualClock();
  const arm = new ArmUnderPressure(clock, limiterOf(clock), latencyMs);
  arm.crowd(0.7);
  const readAt: (number | undefined)[] = Array.from({ length: machines });
  let isOver = false;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (!isOver) {
      const index = next % machines;
      const turn = next;
      next += 1;
      if (turn % 50 === 0) await arm.ask(armAsks.list()).catch(() => undefined);
      const ask = Math.floor(turn / machines) % 2 === 0 ? armAsks.metrics(index) : armAsks.look(index);
      const status = await arm.ask(ask).catch(() => 0);
      if (status === 200) readAt[index] = clock.monotonicNow();
    }
  };
  const begun = clock.monotonicNow();
  const working = Array.from({ length: workers }, worker);
  let healMs: number | null = null;
  for (let at = 0; at < runMs; at += 20) {
    if (at === 30_000) {
      const decided = clock.monotonicNow();
      void arm
        .ask(armAsks.restart(7), true, () => {
          healMs = clock.monotonicNow() - decided;
        })
        .catch(() => undefined);
    }
    await clock.advance(20);
  }
  isOver = true;
  for (let step = 0; step < 5000 && readAt.length > 0; step += 1) {
    const ended = await Promise.race([Promise.all(working).then(() => true), clock.advance(100).then(() => false)]);
    if (ended) break;
  }
  expect(clock.monotonicNow() - begun).toBeGreaterThanOrEqual(runMs);
  return { arm, readAt, healMs };
}

describe('200 machines beside a neighbour who takes 70 % of everything', () => {
  it('are read with 429 for at most 1 % of the calls, none within a wait that was told, and a cure leaves within 5 s', async () => {
    const { arm, readAt, healMs } = await run((clock) => createLimiter(clock, seededRandom(39).next), atOnce);
    expect(arm.calls).toBeGreaterThan(300);
    expect(arm.refused / arm.calls).toBeLessThanOrEqual(0.01);
    expect(arm.tooEarly).toBe(0);
    expect(readAt.filter((at) => at === undefined)).toEqual([]);
    expect(healMs).not.toBeNull();
    expect(healMs).toBeLessThanOrEqual(5000);
  });

  it('are refused far more often without the limiter: the run above could have failed', async () => {
    const { arm } = await run(() => none, atOnce);
    expect(arm.refused / arm.calls).toBeGreaterThan(0.01);
    expect(arm.tooEarly).toBeGreaterThan(0);
  });
});
