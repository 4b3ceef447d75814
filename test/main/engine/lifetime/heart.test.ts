import { expect, it } from 'vitest';
import { heartOf } from '../../../../main/engine/lifetime/heart.ts';
import { startLoop } from '../../../../main/engine/lifetime/loop.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';

/** A clock that counts how often it woke anybody. */
class CountingClock extends ManualClock {
  wakes = 0;

  override after(delayMs: number, action: () => void): () => void {
    return super.after(delayMs, () => {
      this.wakes += 1;
      action();
    });
  }
}

it('wakes loops of one beat together, and those that need not be exact with others of about their moment', async () => {
  const clock = new CountingClock();
  const rounds: string[] = [];
  const loop = (name: string, intervalMs: number, isSteady: boolean, firstAfterMs = intervalMs) =>
    startLoop({
      name,
      clock,
      log: recordingLog(),
      intervalMs: () => intervalMs,
      isSteady,
      firstAfterMs,
      run: async () => {
        rounds.push(`${name} ${clock.monotonicNow()}`);
      },
    });
  const stops = [
    loop('readings', 60_000, true),
    loop('alerts', 15_000, true),
    loop('settling', 30_000, false, 30_400),
    loop('trimming', 60_000, false, 60_900),
  ];
  await clock.advance(120_500);
  expect(clock.wakes).toBe(8);
  expect(rounds.filter((round) => !round.startsWith('alerts'))).toEqual([
    'settling 30000',
    'readings 60000',
    'settling 60000',
    'trimming 60000',
    'settling 90000',
    'readings 120000',
    'trimming 120000',
    'settling 120000',
  ]);
  await Promise.all(stops.map((stop) => stop()));
  expect(clock.waiting).toBe(0);
});

it('a loop that came late keeps no beat from before, so that what was missed is not caught up', async () => {
  const clock = new ManualClock();
  let rounds = 0;
  const stop = startLoop({
    name: 'rounds',
    clock,
    log: recordingLog(),
    intervalMs: () => 10_000,
    isSteady: true,
    run: async () => {
      rounds += 1;
    },
  });
  clock.stall(3_600_000);
  await clock.advance(25_000);
  expect(rounds).toBe(3);
  await stop();
});

it('does not call one that another of the same beat called off', async () => {
  const clock = new ManualClock();
  const heart = heartOf(clock);
  const taken: string[] = [];
  let undo: () => void = () => {};
  heart.await({
    dueMs: () => 5000,
    slackMs: () => 0,
    take: () => {
      taken.push('first');
      undo();
    },
  });
  undo = heart.await({ dueMs: () => 5000, slackMs: () => 0, take: () => taken.push('second') });
  await clock.advance(60_000);
  expect(taken).toEqual(['first']);
  expect(clock.waiting).toBe(0);
});

it('calls nobody who no longer waits, and asks again when a moment came nearer', async () => {
  const clock = new ManualClock();
  const heart = heartOf(clock);
  const taken: string[] = [];
  let dueMs = 600_000;
  const undo = heart.await({ dueMs: () => 5000, slackMs: () => 0, take: () => taken.push('undone') });
  heart.await({ dueMs: () => dueMs, slackMs: () => 0, take: () => taken.push(`at ${clock.monotonicNow()}`) });
  undo();
  await clock.advance(14_000);
  dueMs = 20_000;
  await clock.advance(10_000);
  expect(taken).toEqual(['at 20000']);
  expect(clock.waiting).toBe(0);
});
