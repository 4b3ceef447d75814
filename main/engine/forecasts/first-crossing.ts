import { type ForecastModel, valueAhead } from './candidate-models.ts';
import { at, weekHours } from './hourly-values.ts';

/**
 * The first hour, from `from` on, for which more than `threshold` is foretold; null when it is not within `limitHours` from
 * there. Hours are those of the model.
 */
export function firstCrossing(model: ForecastModel, threshold: number, limitHours: number, from = 0): number | null {
  const { level, slope, pattern } = model;
  const limit = from + limitHours;
  if (pattern === null) {
    if (level + slope * from > threshold) return from;
    if (!(slope > 0)) return null;
    const hour = Math.max(from, Math.floor((threshold - level) / slope));
    const next = [hour, hour + 1].find((each) => valueAhead(model, each) > threshold) ?? hour + 2;
    return next < limit ? next : null;
  }
  // Nothing crosses before the highest hour of a week could.
  const above = threshold - level - highest(pattern);
  let begin = from;
  if (above >= 0) {
    if (!(slope > 0)) return null;
    begin = Math.max(from, Math.floor(above / slope));
  }
  const last = Math.min(limit, slope > 0 ? limit : begin + weekHours);
  for (let hour = begin; hour < last; hour += 1) if (valueAhead(model, hour) > threshold) return hour;
  return null;
}

function highest(pattern: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let hour = 0; hour < pattern.length; hour += 1) most = Math.max(most, at(pattern, hour));
  return most;
}
