import { type ForecastModel, valueAhead } from './candidate-models.ts';
import { at, weekHours } from './hourly-values.ts';

/** The first hour, counted from now, for which more than `threshold` is foretold; null when it is not before `limitHours`. */
export function firstCrossing(model: ForecastModel, threshold: number, limitHours: number): number | null {
  const { level, slope, pattern } = model;
  if (pattern === null) {
    if (level > threshold) return 0;
    if (!(slope > 0)) return null;
    const hour = Math.max(0, Math.floor((threshold - level) / slope));
    const next = [hour, hour + 1].find((each) => valueAhead(model, each) > threshold) ?? hour + 2;
    return next < limitHours ? next : null;
  }
  // Nothing crosses before the highest hour of a week could.
  const above = threshold - level - highest(pattern);
  let begin = 0;
  if (above >= 0) {
    if (!(slope > 0)) return null;
    begin = Math.floor(above / slope);
  }
  const last = Math.min(limitHours, slope > 0 ? limitHours : begin + weekHours);
  for (let hour = begin; hour < last; hour += 1) if (valueAhead(model, hour) > threshold) return hour;
  return null;
}

function highest(pattern: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let hour = 0; hour < pattern.length; hour += 1) most = Math.max(most, at(pattern, hour));
  return most;
}
