import { expect, it } from 'vitest';
import { startLoop } from '../../../../main/engine/lifetime/loop.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';

function loop(intervalMs: () => number, isSteady = true) {
  const clock = new ManualClock();
  const rounds: number[] = [];
  const stop = startLoop({
    name: 'rounds',
    clock,
    log: recordingLog(),
    intervalMs,
    isSteady,
    run: async () => {
      rounds.push(clock.monotonicNow());
    },
  });
  return { clock, rounds, stop };
}

it('a steady loop keeps its beat, however long its interval is', async () => {
  const { clock, rounds, stop } = loop(() => 65_000);
  await clock.advance(200_000);
  expect(rounds).toEqual([65_000, 130_000, 195_000]);
  await stop();
  expect(clock.waiting).toBe(0);
});

it('an interval that is made shorter holds for the wait that is under way', async () => {
  let interval = 3_600_000;
  const { clock, rounds, stop } = loop(() => interval);
  await clock.advance(25_000);
  interval = 10_000;
  await clock.advance(15_000);
  expect(rounds).toEqual([30_000, 40_000]);
  await stop();
});

it('a loop that is stopped begins no round', async () => {
  const { clock, rounds, stop } = loop(() => 60_000, false);
  await clock.advance(59_000);
  await stop();
  await clock.advance(600_000);
  expect(rounds).toEqual([]);
});
