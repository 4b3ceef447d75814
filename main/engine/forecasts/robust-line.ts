import type { Line } from './straight-line.ts';

/** NaN for an empty list. Sorts `values`. */
export function medianOf(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  const upper = values[middle] ?? Number.NaN;
  return values.length % 2 === 1 ? upper : (upper + (values[middle - 1] ?? Number.NaN)) / 2;
}

/**
 * Theil and Sen: the median of the slopes between all pairs, so that up to a quarter of the points may be far off. Meant
 * for the thirty days of a month: pairs grow with the square.
 */
export function robustLine(times: Float64Array, values: Float64Array): Line {
  const count = values.length;
  const slopes = new Float64Array((count * (count - 1)) / 2);
  let pair = 0;
  for (let one = 0; one < count; one += 1)
    for (let other = one + 1; other < count; other += 1) {
      const run = (times[other] ?? 0) - (times[one] ?? 0);
      slopes[pair] = ((values[other] ?? 0) - (values[one] ?? 0)) / run;
      pair += 1;
    }
  const slope = count > 1 ? medianOf(slopes) : 0;
  return { level: medianOf(values.map((value, index) => value - slope * (times[index] ?? 0))), slope };
}
