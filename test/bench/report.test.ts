import { expect, it } from 'vitest';
import type { Lane } from './lane.ts';
import { isMet, reportJson, reportText } from './report.ts';
import type { LaneResult } from './run-lane.ts';

const lane: Lane = {
  id: 'P6',
  area: 'machines',
  title: 'start',
  reference: 'bare QEMU',
  goal: { atMost: 1.25 },
  unit: 'ms',
  rounds: 15,
  warmUps: 1,
  limitMs: 1,
  open: () => Promise.reject(new Error('never')),
};

const measured: LaneResult = {
  kind: 'measured',
  lane,
  comparison: {
    rounds: 15,
    ours: 150,
    reference: 100,
    ratio: 1.5,
    lowest: 1.4,
    highest: 1.7,
    interval: { low: 1.45, high: 1.6 },
  },
  notes: ['The disk is slow.'],
};

it('a goal is met from either side', () => {
  expect([isMet({ atMost: 1.25 }, 1.25), isMet({ atMost: 1.25 }, 1.26)]).toEqual([true, false]);
  expect([isMet({ atLeast: 6 }, 6), isMet({ atLeast: 6 }, 5.9)]).toEqual([true, false]);
});

it('the table tells ratio, spread, interval, goal and what is missing', () => {
  const text = reportText([measured]);
  for (const part of [
    '== machines',
    '1.50x',
    '1.40-1.70',
    '1.45-1.60',
    '<= 1.25x NOT MET',
    'bare QEMU',
    '25.0 of 150',
    'The disk is slow.',
  ])
    expect(text).toContain(part);
});

it('a lane without figures is loud', () => {
  const text = reportText([{ kind: 'cannot-run', lane, reason: 'There is no QEMU here.' }]);
  expect(text).toContain('NOT RUN');
  expect(text).toContain('!! P6 start did not run: There is no QEMU here.');
});

it('programs get the same', () => {
  expect(reportJson([measured])).toMatchObject([{ id: 'P6', outcome: 'measured', met: false, ratio: 1.5 }]);
});
