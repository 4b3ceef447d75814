import { expect, it } from 'vitest';
import { CannotRun, type Contest, type Lane } from './lane.ts';
import { runLane } from './run-lane.ts';

function laneOf(contest: Partial<Contest>, change: Partial<Lane> = {}): Lane {
  return {
    id: 'P0',
    area: 'test',
    title: 'a lane',
    reference: 'nothing',
    goal: { atMost: 2 },
    unit: 'ms',
    rounds: 5,
    warmUps: 1,
    limitMs: 60_000,
    open: async () => ({
      ours: async () => 3,
      reference: async () => 2,
      close: async () => undefined,
      ...contest,
    }),
    ...change,
  };
}

it('the sides are interleaved, the first one in turn, and the warm-up does not count', async () => {
  const order: string[] = [];
  const lane = laneOf({
    ours: async () => (order.push('o') === 1 ? 1000 : 3),
    reference: async () => (order.push('r') > 0 ? 2 : 0),
  });
  const result = await runLane(lane, 3);
  expect(order.join('')).toBe('or' + 'orroor');
  expect(result).toMatchObject({ kind: 'measured', comparison: { rounds: 3, ratio: 1.5, highest: 1.5 } });
});

it('a lane that lacks something says what, and is no crash', async () => {
  const lane = laneOf({}, { open: () => Promise.reject(new CannotRun('There is no QEMU here.')) });
  expect(await runLane(lane, 3)).toMatchObject({ kind: 'cannot-run', reason: 'There is no QEMU here.' });
});

it('a side that fails is a crash, and the lane is closed', async () => {
  let isClosed = false;
  const result = await runLane(
    laneOf({
      reference: () => Promise.reject(new Error('it broke')),
      close: async () => {
        isClosed = true;
      },
    }),
    3,
  );
  expect(result.kind).toBe('crashed');
  expect(isClosed).toBe(true);
});

it('a side that never comes back is a crash when the time is over', async () => {
  const result = await runLane(laneOf({ ours: () => new Promise(() => {}) }, { limitMs: 20 }), 3);
  expect(result).toMatchObject({ kind: 'crashed', reason: expect.stringContaining('to measure ours') });
});

it('rounds that do not fit into the time are left out, and said', async () => {
  let time = 0;
  const ours = async () => {
    time += 40_000;
    return 3;
  };
  const result = await runLane(laneOf({ ours }, { warmUps: 0 }), 5, () => time);
  expect(result).toMatchObject({
    kind: 'measured',
    comparison: { rounds: 2 },
    notes: ['Only 2 of 5 rounds fit into its time.'],
  });
});

it('a measurement of nothing is a crash, never a good figure', async () => {
  expect(await runLane(laneOf({ ours: async () => Number.NaN }), 3)).toMatchObject({ kind: 'crashed' });
  expect(await runLane(laneOf({ reference: async () => 0 }), 3)).toMatchObject({ kind: 'crashed' });
});
