import { clamped, leastValue, percentRange, type ValueRange } from '../../main/engine/forecasts/back-test.ts';
import { createFitter, type ForecastModel, valueAhead } from '../../main/engine/forecasts/candidate-models.ts';

/** How far a forecast was from what came. */
export interface ForecastError {
  /** Mean distance. */
  readonly distance: number;
  /** As a share of what came; of small values, of `leastValue`. */
  readonly share: number;
}

export function forecastError(model: ForecastModel, came: Float64Array, range = percentRange): ForecastError {
  return errorOfHours(
    came.map((_, hour) => clamped(valueAhead(model, hour), range)),
    came,
  );
}

/** Of hours foretold one by one. */
export function errorOfHours(foretold: Float64Array, came: Float64Array): ForecastError {
  let [distance, size, count] = [0, 0, 0];
  for (const [hour, value] of came.entries()) {
    if (Number.isNaN(value)) continue;
    distance += Math.abs((foretold[hour] ?? Number.NaN) - value);
    size += Math.abs(value);
    count += 1;
  }
  return { distance: distance / count, share: distance / Math.max(size, leastValue * count) };
}

/** The mean distances of what anybody would try: the straight line of the first plan, the last value, the same hour a week ago. */
export function plainErrors(
  known: Float64Array,
  came: Float64Array,
  range: ValueRange = percentRange,
): { readonly line: number; readonly best: number } {
  const fit = createFitter(known);
  const errors = (['straight line', 'last value', 'same hour last week'] as const).map(
    (name) => forecastError(fit(name), came, range).distance,
  );
  return { line: errors[0] ?? Number.NaN, best: Math.min(...errors) };
}

/** Two errors side by side, such that nothing divided by nothing is 1. */
export function errorRatio(ours: number, theirs: number): number {
  const rounding = 1e-6;
  return (ours + rounding) / (theirs + rounding);
}
