import { describe, expect, it } from 'vitest';
import { calls } from '../../../main/contract/calls.ts';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import type { RollUp } from '../../../main/contract/roll-up.ts';
import { sampleMetrics } from '../../../main/contract/sample.ts';
import { axisTop, timeTicks } from '../../../renderer/charts/axis-ticks.ts';
import { chartFacts } from '../../../renderer/charts/chart-facts.ts';
import { chartKinds } from '../../../renderer/charts/chart-kinds.ts';
import { chartRanges, drawnStretch, scaledStretch } from '../../../renderer/charts/chart-ranges.ts';
import { chartRows } from '../../../renderer/charts/chart-series.ts';
import { chartViews } from '../../../renderer/charts/chart-views.ts';
import { eventMarks } from '../../../renderer/charts/event-marks.ts';
import { pointedWords } from '../../../renderer/charts/pointer-layer.tsx';
import { stopsOf, valueAt } from '../../../renderer/charts/value-at.ts';
import { rollUpSamples } from '../../../renderer/client/history-samples.ts';
import { failedAt, minute, noon, sampleAt } from './samples.ts';

const hour = { from: noon, to: noon + 60 * minute };

describe('the time axis', () => {
  it('has round moments, as many as fit', () => {
    const wide = timeTicks(hour, 640).map(({ at }) => (at - noon) / minute);
    expect(wide).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
    expect(timeTicks(hour, 200).map(({ at }) => (at - noon) / minute)).toEqual([0, 30]);
  });

  it('writes no moment so near to the end that its words would be cut off', () => {
    const lastOf = (to: number) => timeTicks({ from: to - 60 * minute, to }, 280).at(-1)?.at;
    expect(lastOf(noon + minute)).toBe(noon - 15 * minute);
    expect(lastOf(noon + 5 * minute)).toBe(noon);
  });

  it('names days by the calendar over a week', () => {
    const ticks = timeTicks({ from: noon - 7 * 1440 * minute, to: noon }, 460);
    expect(ticks.length).toBeGreaterThan(5);
    for (const { at, label } of ticks) {
      expect(label).toMatch(/^(Sun|Mon|Tue|Wed|Thu|Fri|Sat) \d+$/);
      expect(new Date(at).getHours()).toBe(0);
    }
  });
});

it.each([
  [0, 1e6],
  [1e6, 1e6],
  [1.1e6, 2e6],
  [3e6, 4e6],
  [47e6, 60e6],
  [99e6, 100e6],
])('an axis for %d ends at %d', (most, top) => expect(axisTop(most, 1e6)).toBe(top));

describe('ranges', () => {
  const levels = (raw_days: number, hourly_days: number, daily_days: number) =>
    Object.fromEntries(chartRanges({ raw_days, hourly_days, daily_days }).map(({ key, level }) => [key, level]));

  it('are shown with the finest values that are kept for so long, and left out where nothing is', () => {
    expect(levels(7, 30, 90)).toEqual({ '1h': 'raw', '24h': 'raw', '7d': 'raw', '30d': 'hourly', '90d': 'daily' });
    expect(levels(1, 6, 40)).toEqual({ '1h': 'raw', '24h': 'raw', '7d': 'daily', '30d': 'daily' });
    expect(levels(1, 2, 3)).toEqual({ '1h': 'raw', '24h': 'raw' });
  });

  it('drawn either way are the same part, and what a shaking hand draws is none', () => {
    const hour = { from: 0, to: 3_600_000 };
    expect(drawnStretch(2_000_000, 1_000_000, hour)).toEqual({ from: 1_000_000, to: 2_000_000 });
    expect(drawnStretch(1_000_000, 2_000_000, hour)).toEqual({ from: 1_000_000, to: 2_000_000 });
    expect(drawnStretch(3_000_000, 9_000_000, hour)).toEqual({ from: 3_000_000, to: 3_600_000 });
    expect(drawnStretch(1_000_000, 1_030_000, hour)).toBeNull();
    expect(drawnStretch(1_000_000, 1_100_000, hour)).toEqual({ from: 900_000, to: 1_200_000 });
  });

  it('grow and shrink around a moment, never into the future', () => {
    const hour = { from: 0, to: 3_600_000 };
    expect(scaledStretch(hour, 900_000, 0.5, 3_600_000)).toEqual({ from: 450_000, to: 2_250_000 });
    expect(scaledStretch(hour, 900_000, 2, 3_600_000)).toEqual({ from: -3_600_000, to: 3_600_000 });
    expect(scaledStretch({ from: 0, to: 300_000 }, 150_000, 0.5, 3_600_000)).toEqual({ from: 0, to: 300_000 });
  });

  it('more than 300 points are refused by the call itself', () => {
    const asked = { machine: 'demo', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    expect(calls['metrics.history'].input.safeParse({ ...asked, points: 300 }).success).toBe(true);
    expect(calls['metrics.history'].input.safeParse({ ...asked, points: 301 }).success).toBe(false);
  });
});

describe('views', () => {
  it('keep what a guest says and what is seen from outside apart, the guest first', () => {
    const both = [sampleAt(0, { source: 'host', cpuPercent: 80 }), sampleAt(0, { cpuPercent: 20 })];
    const views = chartViews('qemu', both);
    expect(views.map(({ source }) => source)).toEqual(['guest', 'host']);
    const cpuOf = (view: (typeof views)[number]) =>
      chartFacts({
        createdAt: 0,
        view,
        range: hour,
        samples: both,
        gaps: [],
        entries: [],
        intervalMs: minute,
        rangeWords: 'the last hour',
      })[0]?.rows.flatMap(({ first }) => (first === null ? [] : [first]));
    expect(views.map(cpuOf)).toEqual([[20], [80]]);
  });

  it('begin with what a machine of its kind has before anything was read', () => {
    expect(chartViews('qemu', []).map(({ source }) => source)).toEqual(['host']);
    expect(chartViews('ssh', []).map(({ source }) => source)).toEqual(['ssh']);
    expect(chartViews('azure', [sampleAt(1, { source: 'ssh' })]).map(({ label }) => label)).toEqual(['SSH']);
  });
});

describe('marks of events', () => {
  const told = (minutes: number, action: JournalEntry['action'], details: JournalEntry['details'] = {}) =>
    ({
      id: 100 + minutes,
      at: new Date(noon + minutes * minute).toISOString(),
      machine: 'demo',
      actor: 'engine',
      action,
      summary: `'demo' was ${action.slice(8)}.`,
      details,
    }) satisfies JournalEntry;

  it('stand at their moments, oldest first; what is no event of the machine has none', () => {
    const marks = eventMarks(
      [
        told(40, 'machine.stopped'),
        told(10, 'machine.started'),
        told(20, 'settings.changed'),
        told(90, 'machine.ended'),
      ],
      hour,
    );
    expect(marks.map(({ at, words, isBad }) => [(at - noon) / minute, words, isBad])).toEqual([
      [10, 'Started', false],
      [40, 'Stopped', false],
    ]);
  });

  it('that would cover one another are one, and the bad one of them is seen', () => {
    const [mark, ...others] = eventMarks(
      [told(30, 'machine.started'), told(30.5, 'machine.ended', { unexpected: true }), told(31, 'machine.started')],
      hour,
    );
    expect(others).toEqual([]);
    expect(mark).toMatchObject({ isBad: true, words: '3 events, among them: Ended' });
  });
});

describe('pointing at a chart', () => {
  const samples = [
    sampleAt(0, { cpuPercent: 1 }),
    sampleAt(1, { cpuPercent: 2 }),
    failedAt(2),
    sampleAt(9, { cpuPercent: 3 }),
  ];
  const shade = { from: noon + minute, to: noon + 9 * minute, reason: 'no answer' };
  const rows = chartRows(samples, ['cpuPercent'], [shade]);

  it('reads the nearest reading, and in a gap its reason instead of a neighbour', () => {
    expect(valueAt(rows, [shade], noon + 0.4 * minute)).toMatchObject({ kind: 'value', row: { first: 1 } });
    expect(valueAt(rows, [shade], noon + 8.9 * minute)).toMatchObject({ kind: 'gap', shade: { reason: 'no answer' } });
    expect(valueAt(rows, [shade], noon + 9 * minute)).toMatchObject({ kind: 'value', row: { first: 3 } });
    expect(valueAt([], [], noon)).toBeNull();
  });

  it('steps through every reading and every gap by key', () => {
    expect(stopsOf(rows, [shade]).map((at) => (at - noon) / minute)).toEqual([0, 1, 5, 9]);
  });

  it('says of an hour that was read for a part only that it was', () => {
    const value = { count: 2, average: 40, min: 10, max: 80, last: 30 };
    const hourFrom = (hours: number, partial: boolean): RollUp => ({
      machine: 'demo',
      machineId: '00000000-0000-4000-8000-000000000001',
      source: 'guest',
      level: 'hourly',
      from: new Date(noon + hours * 60 * minute).toISOString(),
      to: new Date(noon + (hours + 1) * 60 * minute).toISOString(),
      readings: 2,
      failed: 0,
      partial,
      metrics: {
        ...(Object.fromEntries(sampleMetrics.map((metric) => [metric, null])) as RollUp['metrics']),
        cpuPercent: value,
      },
    });
    const hours = rollUpSamples([hourFrom(0, false), hourFrom(1, true)]);
    const [kind] = chartKinds;
    if (kind === undefined) throw new Error('There is no chart.');
    const words = chartRows(hours, kind.metrics, []).map((row) =>
      pointedWords({ kind }, { kind: 'value', at: row.at, row }).slice(1),
    );
    const said = ['40.0\u2009%', '10.0\u2009% to 80.0\u2009%'];
    expect(words).toEqual([said, [...said, 'read for a part of it only']]);
  });
});
