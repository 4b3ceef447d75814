import { describe, expect, it } from 'vitest';
import { assessSeries } from '../../../../main/engine/forecasts/assess-series.ts';
import { percentRange } from '../../../../main/engine/forecasts/back-test.ts';
import { type ForecastModel, valueAhead } from '../../../../main/engine/forecasts/candidate-models.ts';
import { errorRatio, forecastError, plainErrors } from '../../../support/forecast-error.ts';
import { lawfulKinds, lawlessKinds, makeSeries, normal, type SeriesKind } from '../../../support/made-series.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const seeds = Array.from({ length: 6 }, (_, seed) => seed + 100);
const assess = (values: Float64Array) => assessSeries(values, percentRange);
const modelOf = (values: Float64Array): ForecastModel => {
  const { model } = assess(values);
  if (model === null) throw new Error('No model was found.');
  return model;
};
const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

describe('what a series says of the days to come', () => {
  it('is nothing under seven days of readings', () => {
    const { known } = makeSeries('flat', 1, 7);
    expect(assess(known.subarray(1))).toMatchObject({ status: 'insufficient data', model: null });
    expect(assess(known).status).toBe('ok');
  });

  it('counts hours that were read, not days that went by', () => {
    const { known } = makeSeries('flat', 1, 13);
    expect(assess(known.map((value, hour) => (hour % 2 === 0 ? Number.NaN : value))).status).toBe('insufficient data');
  });

  it('is nothing when nothing was read for a day', () => {
    const { known } = makeSeries('flat', 1, 20);
    const silent = (hours: number): Float64Array =>
      known.map((value, hour) => (hour >= known.length - hours ? Number.NaN : value));
    expect(assess(silent(24)).status).toBe('insufficient data');
    expect(assess(silent(23)).status).toBe('ok');
  });

  it('is the straight line without a track record from seven to fourteen days', () => {
    const { known } = makeSeries('daily', 3, 14);
    for (const hours of [168, 200, 335]) {
      const { model, record, spread, status } = assess(known.subarray(-hours));
      expect({ name: model?.name, record, spread, status }).toEqual({
        name: 'straight line',
        record: [],
        spread: null,
        status: 'ok',
      });
    }
    expect(assess(known).record).toHaveLength(1);
  });

  it.each(lawfulKinds)('is within 15 % wherever it is called reliable: %s', (kind) => {
    const shown = seeds
      .map((seed) => makeSeries(kind, seed))
      .map(({ known, came }) => ({ ...assess(known), came }))
      .filter(({ status }) => status === 'ok');
    for (const { model, came } of shown) {
      if (model === null) throw new Error('Called reliable without a model.');
      expect(forecastError(model, came).share).toBeLessThan(0.15);
    }
    // Silence would be an easy way to be right.
    if (!kind.startsWith('stepped')) expect(shown.length).toBeGreaterThanOrEqual(seeds.length / 3);
  });

  it('is silence where the next week is decided next week', () => {
    const shown = lawlessKinds
      .filter((kind) => kind !== 'random walk')
      .flatMap((kind) => seeds.map((seed) => assess(makeSeries(kind, seed).known).status))
      .filter((status) => status === 'ok');
    expect(shown.length).toBeLessThanOrEqual(4);
  });

  it('is silence after a step, until three weeks of forecasts no longer know of it', () => {
    const steppedAgo = (days: number): Float64Array =>
      makeSeries('noisy flat', 11).known.map((value, hour) => (hour < 720 - days * 24 ? value - 20 : value));
    expect(assess(steppedAgo(4)).status).toBe('not reliable');
    expect(assess(steppedAgo(10)).status).toBe('not reliable');
    expect(assess(steppedAgo(24)).status).toBe('ok');
  });

  it('is silence where the forecast itself falls so low that past errors weigh more', () => {
    const random = seededRandom(5);
    const falling = Float64Array.from({ length: 720 }, (_, hour) =>
      Math.max(0, 40 - 0.045 * hour + normal(random) * 1.2),
    );
    const { status, record } = assess(falling);
    expect(Math.max(...record.map(({ share }) => share))).toBeLessThan(0.15);
    expect(status).toBe('not reliable');
  });

  it('takes the last level after a step, where a straight line would still climb', () => {
    const { came, known } = makeSeries('stepped', 104);
    expect(forecastError(modelOf(known), came).distance).toBeLessThan(0.4 * plainErrors(known, came).line);
  });

  it('keeps the hours of a machine that is off at night, and says nothing less for the holes', () => {
    const { came, known } = makeSeries('off at night', 5);
    const { model, status } = assess(known);
    expect(status).toBe('ok');
    expect(model?.name).toMatch(/with (days|weeks)$/);
    expect(forecastError(modelOf(known), came).share).toBeLessThan(0.08);
  });

  it('never reads a hole as zero', () => {
    const { known } = makeSeries('noisy flat', 4);
    const holed = known.map((value, hour) => (hour % 7 < 3 ? Number.NaN : value));
    const [whole, ahead] = [modelOf(known), modelOf(holed)];
    for (let hour = 0; hour < 168; hour += 1)
      expect(valueAhead(ahead, hour)).toBeGreaterThan(0.8 * valueAhead(whole, hour));
  });

  it('is at most half as wrong as the straight line over seasonal and stepped series, and near the best of three plain ways', () => {
    const kinds: readonly SeriesKind[] = ['daily', 'weekly', 'weekly with a trend', 'stepped', 'stepped daily'];
    const worth = kinds.flatMap((kind) =>
      seeds.map((seed) => {
        const { known, came } = makeSeries(kind, seed);
        const ours = forecastError(modelOf(known), came).distance;
        const { best, line } = plainErrors(known, came);
        return { beside: errorRatio(ours, line), best: errorRatio(ours, best) };
      }),
    );
    expect(medianOf(worth.map(({ beside }) => beside))).toBeLessThan(0.5);
    expect(worth.filter(({ best }) => best > 1.05).length).toBeLessThanOrEqual(1);
  });
});
