import { describe, expect, it } from 'vitest';
import { type ForecastModel, valueAhead } from '../../../../main/engine/forecasts/candidate-models.ts';
import { firstCrossing } from '../../../../main/engine/forecasts/first-crossing.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

describe('the first hour over the threshold', () => {
  it('is the one that looking at every hour finds', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 400; round += 1) {
      const rhythm = Float64Array.from({ length: 168 }, () => 20 * (random.next() - 0.5));
      const model: ForecastModel = {
        name: 'line',
        level: 50 + 50 * random.next(),
        slope: random.next() < 0.3 ? 0 : 0.1 * (random.next() - 0.4),
        pattern: random.next() < 0.5 ? null : rhythm,
      };
      let found: number | null = null;
      for (let hour = 0; hour < 2160 && found === null; hour += 1) if (valueAhead(model, hour) > 90) found = hour;
      expect(firstCrossing(model, 90, 2160)).toBe(found);
    }
  });

  it('is not one that only reaches it', () => {
    expect(firstCrossing({ name: 'line', level: 90, slope: 0, pattern: null }, 90, 2160)).toBeNull();
    expect(firstCrossing({ name: 'line', level: 90.1, slope: 0, pattern: null }, 90, 2160)).toBe(0);
  });
});
