import { describe, expect, it } from 'vitest';
import { findSteps, onLastLevel } from '../../../../main/engine/forecasts/level-steps.ts';
import { makeSeries, normal } from '../../../support/made-series.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const random = seededRandom(7);
const noise = Float64Array.from({ length: 720 }, () => 0.5 * normal(random));
const made = (value: (hour: number) => number): Float64Array => noise.map((draw, hour) => value(hour) + draw);

describe('steps in the level', () => {
  it('are found to the hour and by their size', () => {
    const [step, ...others] = findSteps(made((hour) => (hour < 401 ? 30 : 48)));
    expect(others).toEqual([]);
    expect(Math.abs((step?.from ?? 0) - 401)).toBeLessThanOrEqual(1);
    expect(step?.by).toBeCloseTo(18, 0);
  });

  it.each([395, 401, 408, 414])('are found to the hour beside a rhythm of the day as well: %s', (from) => {
    const rhythm = (hour: number): number => 12 * Math.cos((2 * Math.PI * (hour - 5)) / 24);
    const [step, ...others] = findSteps(made((hour) => rhythm(hour) + (hour < from ? 30 : 43)));
    expect(others).toEqual([]);
    expect(Math.abs((step?.from ?? 0) - from)).toBeLessThanOrEqual(1);
  });

  it('are found beside a trend', () => {
    const [step, ...others] = findSteps(made((hour) => 20 + 0.02 * hour + (hour < 300 ? 0 : -15)));
    expect(others).toEqual([]);
    expect(Math.abs((step?.from ?? 0) - 300)).toBeLessThanOrEqual(2);
    expect(Math.abs((step?.by ?? 0) + 15)).toBeLessThan(1);
  });

  it('are found one after the other', () => {
    const steps = findSteps(made((hour) => (hour < 400 ? 20 : hour < 600 ? 60 : 50)));
    expect(steps.map(({ by }) => Math.round(by / 10))).toEqual([4, -1]);
  });

  it.each([
    'linear',
    'noisy linear',
    'flat',
    'noisy flat',
    'daily',
    'weekly',
    'weekly with a trend',
    'bursts',
  ] as const)('are not seen in what has none: %s', (kind) => {
    const found = Array.from({ length: 50 }, (_, seed) => findSteps(makeSeries(kind, seed).known)).filter(
      (steps) => steps.length > 0,
    );
    expect(found.length).toBeLessThanOrEqual(1);
  });

  it('are taken out so that everything lies on the last level', () => {
    const level = onLastLevel(made((hour) => (hour < 401 ? 30 : 48)));
    expect(Math.abs((level[10] ?? 0) - 48)).toBeLessThan(3);
    expect(Math.abs((level[700] ?? 0) - 48)).toBeLessThan(3);
  });

  it('leave an hour without a reading what it is', () => {
    const values = made((hour) => (hour < 401 ? 30 : 48));
    values[20] = Number.NaN;
    expect(onLastLevel(values)[20]).toBeNaN();
  });
});
