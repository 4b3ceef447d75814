import { describe, expect, it } from 'vitest';
import { trendOf } from '../../../../main/engine/forecasts/describe-forecast.ts';
import { lineThroughHours } from '../../../../main/engine/forecasts/straight-line.ts';

describe('the trend', () => {
  it('is one above half a point a day, and none at exactly that', () => {
    expect(trendOf(0.51)).toBe('increasing');
    expect(trendOf(0.5)).toBe('stable');
    expect(trendOf(-0.5)).toBe('stable');
    expect(trendOf(-0.51)).toBe('decreasing');
    expect(trendOf(0)).toBe('stable');
  });

  it('is none for a line that was made to rise by exactly half a point a day', () => {
    const exact = Float64Array.from({ length: 720 }, (_, hour) => 20 + (0.5 / 24) * hour);
    expect(trendOf(lineThroughHours(exact).slope * 24)).toBe('stable');
  });
});
