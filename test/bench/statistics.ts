/** Order statistics for a handful of paired rounds: nothing is assumed about how they are distributed. */

export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('There is no median of nothing.');
  return (lower + upper) / 2;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The narrowest pair of order statistics, equally far from both ends, that holds the median of what the values were drawn
 * from with at least 95 % confidence. Null below six values: no such pair exists.
 */
export function medianInterval(values: readonly number[]): Interval | null {
  const count = values.length;
  let tail = 0;
  let rank = 0;
  for (let successes = 0; successes <= count; successes += 1) {
    tail += binomialAtHalf(count, successes);
    if (tail > 0.025) break;
    rank = successes + 1;
  }
  const sorted = ascending(values);
  const low = sorted[rank - 1];
  const high = sorted[count - rank];
  return rank === 0 || low === undefined || high === undefined ? null : { low, high };
}

/** One round: both sides measured right after each other. */
export interface Pair {
  readonly ours: number;
  readonly reference: number;
}

export interface Comparison {
  readonly rounds: number;
  /** Medians of each side on its own. */
  readonly ours: number;
  readonly reference: number;
  /** Median of the ratios of each round: what disturbs a whole round disturbs both sides of it. */
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
  /** From 15 rounds on. */
  readonly interval: Interval | null;
}

export function compare(pairs: readonly Pair[]): Comparison {
  const ratios = pairs.map(({ ours, reference }) => ours / reference);
  return {
    rounds: pairs.length,
    ours: median(pairs.map(({ ours }) => ours)),
    reference: median(pairs.map(({ reference }) => reference)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    interval: pairs.length >= 15 ? medianInterval(ratios) : null,
  };
}

/** The chance of so many heads in `count` throws of a fair coin. */
function binomialAtHalf(count: number, heads: number): number {
  let chance = 0.5 ** count;
  for (let drawn = 1; drawn <= heads; drawn += 1) chance *= (count - drawn + 1) / drawn;
  return chance;
}

function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}
