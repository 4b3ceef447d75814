import { describe, expect, it } from 'vitest';
import { robustLine } from '../../../../main/engine/forecasts/robust-line.ts';
import { lineThroughHours } from '../../../../main/engine/forecasts/straight-line.ts';

describe('the straight line', () => {
  it('finds the line that made the points', () => {
    const values = Float64Array.from({ length: 168 }, (_, hour) => 20 + 0.05 * hour);
    const { level, slope } = lineThroughHours(values);
    expect(slope).toBeCloseTo(0.05, 12);
    // The hour after the last one is number 168.
    expect(level).toBeCloseTo(20 + 0.05 * 168, 9);
  });

  it('takes an hour without a reading for nothing, not for zero', () => {
    const whole = Float64Array.from({ length: 240 }, (_, hour) => 50 + 0.02 * hour);
    const holed = whole.map((value, hour) => (hour % 5 === 0 || (hour > 100 && hour < 150) ? Number.NaN : value));
    const asZero = holed.map((value) => (Number.isNaN(value) ? 0 : value));
    expect(lineThroughHours(holed).level).toBeCloseTo(lineThroughHours(whole).level, 9);
    expect(lineThroughHours(holed).slope).toBeCloseTo(0.02, 12);
    expect(lineThroughHours(asZero).level).toBeLessThan(45);
  });

  it('agrees with the textbook on four points', () => {
    // (-4, 1) (-3, 3) (-2, 2) (-1, 5): slope 11/10, mean 2.75 at -2.5.
    const { level, slope } = lineThroughHours(Float64Array.of(1, 3, 2, 5));
    expect(slope).toBeCloseTo(1.1, 12);
    expect(level).toBeCloseTo(2.75 + 1.1 * 2.5, 12);
  });

  it('is flat through a single point, and unknown through none', () => {
    expect(lineThroughHours(Float64Array.of(Number.NaN, 7, Number.NaN))).toEqual({ level: 7, slope: 0 });
    expect(lineThroughHours(Float64Array.of(Number.NaN)).level).toBeNaN();
  });
});

describe('the robust line', () => {
  it('is not moved by a few days that are far off, as the straight line is', () => {
    const times = Float64Array.from({ length: 20 }, (_, day) => day - 20);
    const values = times.map((time) => 60 + 0.5 * time);
    values[17] = 100;
    values[18] = 100;
    values[19] = 100;
    const { level, slope } = robustLine(times, values);
    expect(slope).toBeCloseTo(0.5, 9);
    expect(level).toBeCloseTo(60, 9);
    expect(lineThroughHours(values).slope).toBeGreaterThan(1.5);
  });
});
