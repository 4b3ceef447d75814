import { describe, expect, it } from 'vitest';
import { type CallPlace, createLimiter, type Limiter } from '../../../../main/adapters/azure/limiter.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const reads: CallPlace = { subscription: 's1', region: 'westeurope', kind: 'read' };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function rig(limiterOf: (clock: ManualClock) => Limiter = (clock) => createLimiter(clock, seededRandom(7).next)) {
  const clock = new ManualClock();
  const limiter = limiterOf(clock);
  let left = 0;
  /** When each left. */
  const times: number[] = [];
  const ask = (place: CallPlace, urgent = false, count = 1): void => {
    for (let index = 0; index < count; index += 1) {
      void limiter.enter(place, urgent, undefined).then(() => {
        left += 1;
        times.push(clock.monotonicNow());
      });
    }
  };
  return { clock, limiter, ask, left: () => left, times };
}

/** As each call of the library waits by itself. */
function waitingAlone(clock: ManualClock): Limiter {
  let until = 0;
  return {
    enter: () => new Promise((resolve) => void clock.after(until - clock.monotonicNow(), resolve)),
    freeze: (_place, forMs) => {
      until = clock.monotonicNow() + forMs;
    },
    left: () => undefined,
    frozenMs: () => 0,
  };
}

/** The most that left within a tenth of a second. */
function crowd(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 100).length));
}

async function afterTheWait(limiterOf?: (clock: ManualClock) => Limiter): Promise<readonly number[]> {
  const { ask, clock, limiter, times } = rig(limiterOf);
  limiter.freeze(reads, 30_000);
  ask(reads, false, 100);
  ask({ ...reads, item: 'vm-1' }, true);
  for (let at = 0; at < 40_000; at += 10) await clock.advance(10);
  await settle();
  return times;
}

describe('the limiter in front of Azure', () => {
  it('lets no routine into the fifth that is kept for cures, and a cure in at once', async () => {
    const { ask, left } = rig();
    ask(reads, false, 400);
    await settle();
    expect(left()).toBe(160);
    ask(reads, true);
    await settle();
    expect(left()).toBe(161);
  });

  it('lets more in as the bucket fills, and never more than it holds', async () => {
    const { ask, clock, left } = rig();
    ask(reads, false, 1000);
    await settle();
    expect(left()).toBe(160);
    await clock.advance(5000);
    await settle();
    // 20 a second.
    expect(left()).toBeGreaterThanOrEqual(255);
    expect(left()).toBeLessThanOrEqual(260);
  });

  it('lets nothing out before the moment that Azure named, not even a cure', async () => {
    const { ask, clock, left, limiter } = rig();
    limiter.freeze(reads, 30_000);
    ask(reads, true);
    ask(reads, false, 20);
    await clock.advance(29_999);
    await settle();
    expect(left()).toBe(0);
    // The cure waits for nobody, and most of the routine for its turn.
    await clock.advance(1);
    await settle();
    expect(left()).toBeGreaterThanOrEqual(2);
    expect(left()).toBeLessThanOrEqual(5);
    await clock.advance(1000);
    await settle();
    expect(left()).toBe(21);
  });

  it('freezes the bucket that was used up and no other', async () => {
    const { ask, left, limiter } = rig();
    limiter.freeze(reads, 60_000, 'kind');
    ask({ ...reads, subscription: 's2' });
    ask({ ...reads, region: 'northeurope' });
    ask({ ...reads, kind: 'write' });
    await settle();
    expect(left()).toBe(3);
    ask(reads, true);
    await settle();
    expect(left()).toBe(3);
  });

  it('freezes every way of reading where the resource manager wants to be left alone, and neither writing nor the other host', async () => {
    const { ask, clock, left, limiter } = rig();
    limiter.freeze(reads, 60_000);
    ask({ ...reads, region: 'northeurope' }, true);
    ask({ ...reads, region: '*', kind: 'list' }, true);
    ask({ ...reads, kind: 'metrics' }, true);
    ask({ ...reads, kind: 'operation', item: 'op' }, true);
    await settle();
    expect(left()).toBe(0);
    ask({ ...reads, kind: 'write' }, true);
    ask({ ...reads, kind: 'batch' }, true);
    ask({ ...reads, subscription: 's2' }, true);
    await settle();
    expect(left()).toBe(3);
    await clock.advance(61_000);
    await settle();
    expect(left()).toBe(7);
  });

  it('keeps all reading of a subscription together below what its resource manager takes', async () => {
    const { ask, clock, left } = rig();
    for (const region of ['a', 'b', 'c', 'd']) ask({ ...reads, region }, false, 120);
    await settle();
    // Documented: 250 at once.
    expect(left()).toBeLessThanOrEqual(250);
    const first = left();
    await clock.advance(10_000);
    await settle();
    // Documented: 25 more a second.
    expect(left() - first).toBeLessThanOrEqual(250);
    expect(left() - first).toBeGreaterThan(200);
  });

  it('takes what is left for one machine for that machine alone', async () => {
    const { ask, left, limiter } = rig();
    const place: CallPlace = { ...reads, item: 'vm-1' };
    limiter.left(place, 0, 'item');
    ask(place, true);
    ask({ ...place, item: 'vm-2' });
    ask(reads);
    await settle();
    expect(left()).toBe(2);
  });

  it('never shortens a wait by a later, shorter one', async () => {
    const { clock, limiter } = rig();
    limiter.freeze(reads, 60_000);
    limiter.freeze(reads, 1000);
    await clock.advance(2000);
    expect(limiter.frozenMs(reads)).toBe(58_000);
  });

  it('believes Azure where it says that less is left, because others use the same account', async () => {
    const { ask, left, limiter } = rig();
    ask(reads);
    await settle();
    limiter.left(reads, 45);
    ask(reads, false, 50);
    await settle();
    expect(left()).toBe(1 + 5);
  });

  it('asks about one operation no more often than Azure takes', async () => {
    const { ask, clock, left } = rig();
    const place: CallPlace = { ...reads, kind: 'operation', item: 'op-1' };
    ask(place, true, 200);
    await settle();
    expect(left()).toBe(40);
    await clock.advance(60_000);
    await settle();
    // Documented: 15 more a minute.
    expect(left()).toBeLessThanOrEqual(55);
    ask({ ...place, item: 'op-2' }, true);
    await settle();
    expect(left()).toBeLessThanOrEqual(56);
  });

  it('lets go of whoever gives up', async () => {
    const { clock, limiter } = rig();
    const source = createStopSource();
    limiter.freeze(reads, 1000);
    const waiting = limiter.enter(reads, true, source.signal);
    source.stop('enough');
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await clock.advance(2000);
    await expect(limiter.enter(reads, true, source.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('lets those who waited for the same moment out one by one, none too early, and a cure before them', async () => {
    const times = await afterTheWait();
    expect(times).toHaveLength(101);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(30_000);
    expect(times[0]).toBe(30_000);
    // 20 a second is what Azure gives back: 2 in a tenth of a second, and whoever met by chance.
    expect(crowd(times)).toBeLessThanOrEqual(6);
    expect(Math.max(...times)).toBeLessThanOrEqual(36_000);
  });

  it('would see a crowd: calls that each wait by themselves all leave together', async () => {
    expect(crowd(await afterTheWait(waitingAlone))).toBe(101);
  });
});
