import { expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';

it('actions run in the order of their due times, those due together in the order they were asked for', async () => {
  const clock = new ManualClock();
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(`${name}@${clock.monotonicNow()}`);
  clock.after(20, note('c'));
  clock.after(10, note('a'));
  clock.after(10, note('b'));
  clock.after(31, note('never'));
  await clock.advance(30);
  expect(ran).toEqual(['a@10', 'b@10', 'c@20']);
  expect(clock.waiting).toBe(1);
  expect(clock.nextDueMs).toBe(1);
});

it('promises settle between two actions, so a loop that waits in between keeps its place', async () => {
  const clock = new ManualClock();
  const ran: number[] = [];
  const round = async (): Promise<void> => {
    await Promise.resolve().then(() => Promise.resolve());
    ran.push(clock.monotonicNow());
    clock.after(10, () => void round());
  };
  await round();
  await clock.advance(35);
  expect(ran).toEqual([0, 10, 20, 30]);
});

it('an undone action does not run', async () => {
  const clock = new ManualClock();
  let ran = false;
  clock.after(5, () => {
    ran = true;
  })();
  await clock.advance(10);
  expect(ran).toBe(false);
});

it('wall time moves along and may be set apart from monotonic time', async () => {
  const clock = new ManualClock('2026-03-01T12:00:00.000Z');
  await clock.advance(1000);
  clock.jumpWall(-3_600_000);
  expect([new Date(clock.wallNow()).toISOString(), clock.monotonicNow()]).toEqual(['2026-03-01T11:00:01.000Z', 1000]);
});

it('a wait of a part of a millisecond takes a whole one, which the wall clock can tell', async () => {
  const clock = new ManualClock();
  const begun = clock.wallNow();
  let ranAt = Number.NaN;
  clock.after(0.0001, () => {
    ranAt = clock.wallNow() - begun;
  });
  await clock.advance(5);
  expect(ranAt).toBe(1);
});
