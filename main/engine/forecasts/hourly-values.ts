/**
 * One series, an hour a value, oldest first and without holes in time: an hour without a reading is NaN, never 0. The end
 * of the array is the present, and everything here is counted from it.
 */
export type HourlyValues = Float64Array;

export const hourMs = 3_600_000;
export const dayHours = 24;
export const weekHours = 168;
/** As far back as hourly values are kept. */
export const windowHours = 30 * dayHours;
/** Under so many hours with a reading nothing is foretold. */
export const leastHours = 7 * dayHours;
/** From so many on, forecasts can be held against what came: seven days to learn from, seven to compare with. */
export const trackRecordHours = 14 * dayHours;

/** NaN beyond the ends. */
export function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}

/** Hours that have a reading. */
export function recordedHours(values: HourlyValues): number {
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) count += 1;
  return count;
}

/** The newest value and how many hours ago it ended; null when there is none. */
export function newestValue(values: HourlyValues): { readonly value: number; readonly hoursAgo: number } | null {
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const value = at(values, index);
    if (!Number.isNaN(value)) return { value, hoursAgo: values.length - 1 - index };
  }
  return null;
}
