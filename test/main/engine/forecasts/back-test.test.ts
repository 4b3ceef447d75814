import { describe, expect, it } from 'vitest';
import {
  chooseModel,
  fitModel,
  type ModelChoice,
  percentRange,
  trackRecord,
} from '../../../../main/engine/forecasts/back-test.ts';
import { forecastError, plainErrors } from '../../../support/forecast-error.ts';
import { makeSeries } from '../../../support/made-series.ts';

describe('the track record', () => {
  it('is what the model would have said then, with what was known then and nothing else', () => {
    const { known } = makeSeries('weekly with a trend', 12);
    const choice = chooseModel(known, percentRange);
    const record = trackRecord(known, choice, percentRange);
    expect(record.map(({ daysAgo }) => daysAgo)).toEqual(Array.from({ length: 14 }, (_, index) => 7 + index));
    for (const { daysAgo, points, share } of record) {
      const end = known.length - daysAgo * 24;
      // A copy: whatever came later is not even there.
      const error = forecastError(fitModel(known.slice(0, end), choice), known.slice(end, end + 168));
      expect(points).toBeCloseTo(error.distance, 9);
      expect(share).toBeCloseTo(error.share, 9);
    }
  });

  it('tells too high from too low', () => {
    const { known } = makeSeries('noisy flat', 3);
    const dropped = known.map((value, hour) => (hour < 720 - 168 ? value : value - 15));
    const [newest] = trackRecord(dropped, ['last week'], percentRange);
    expect(newest?.lean).toBeGreaterThan(10);
    const risen = known.map((value, hour) => (hour < 720 - 168 ? value : value + 15));
    expect(trackRecord(risen, ['last week'], percentRange)[0]?.lean).toBeLessThan(-10);
  });

  it('leaves out a week of which nothing is known', () => {
    const { known } = makeSeries('noisy flat', 3);
    const silent = known.map((value, hour) => (hour >= 720 - 192 && hour < 720 - 6 ? Number.NaN : value));
    expect(trackRecord(silent, ['last week'], percentRange).every(({ points }) => !Number.isNaN(points))).toBe(true);
    expect(trackRecord(silent, ['last week'], percentRange).length).toBeLessThan(14);
  });
});

describe('the choice of a model', () => {
  it.each([
    ['daily', /with (days|weeks)$/],
    ['weekly', /(with weeks|same hour last week)$/],
    ['weekly with a trend', /(with weeks|same hour last week)$/],
    ['linear', /^straight line$/],
  ] as const)('sees what a series is made of: %s', (kind, expected) => {
    for (const seed of [21, 22, 23])
      expect(chooseModel(makeSeries(kind, seed).known, percentRange)[0]).toMatch(expected);
  });

  it('is one of the plain ways unless another was nearer by more than chance would make it', () => {
    // It climbs, under so much noise that the mean of the last week was nearer in the weeks so far, and not in the next.
    const { known, came } = makeSeries('noisy linear', 20_115);
    // That it climbs is no more certain than that: it is followed half of the way.
    expect(chooseModel(known, percentRange)).toEqual(['straight line', 'last week']);
    const error = (...choice: ModelChoice) => forecastError(fitModel(known, choice), came).distance;
    expect(error('straight line')).toBeLessThan(0.95 * error('last week'));
    expect(error('straight line', 'last week')).toBeLessThan(0.98 * error('last week'));
  });

  it.each([20_415, 20_389])('follows half of the way a trend that is nothing but chance: %s', (seed) => {
    const { known, came } = makeSeries('stepped', seed);
    expect(chooseModel(known, percentRange)).toEqual(['straight line', 'last week']);
    const error = (...of: ModelChoice) => forecastError(fitModel(known, of), came).distance;
    const { best } = plainErrors(known, came);
    expect(error('straight line')).toBeGreaterThan(1.05 * best);
    expect(error('straight line', 'last week')).toBeLessThan(1.05 * best);
  });

  it('goes through the middle of each day where values are cut off at an edge, which bends every mean', () => {
    // It has fallen to nought, so that only what chance puts above it is seen.
    const { known, came } = makeSeries('noisy linear', 5045);
    expect(chooseModel(known, percentRange)).toEqual(['middle line']);
    const error = (...of: ModelChoice) => forecastError(fitModel(known, of), came).distance;
    const { best } = plainErrors(known, came);
    expect(error('straight line')).toBeGreaterThan(1.05 * best);
    expect(error('middle line')).toBeLessThan(1.05 * best);
  });

  it('follows a trend all of the way where it brought the forecasts nearer', () => {
    expect(chooseModel(makeSeries('linear', 21).known, percentRange)).toEqual(['straight line']);
    expect(chooseModel(makeSeries('disk that fills', 21).known, percentRange)).toHaveLength(1);
  });

  it('is not decided by one jump that nobody could have known of', () => {
    const { known } = makeSeries('daily', 24);
    const jumped = known.map((value, hour) => (hour < 500 ? value - 15 : value));
    expect(chooseModel(jumped, percentRange)).toEqual(chooseModel(known, percentRange));
  });
});
