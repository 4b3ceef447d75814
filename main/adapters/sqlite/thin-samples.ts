import { type SampleMetric, sampleMetrics } from '../../contract/sample.ts';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';

/**
 * At most `points` of the samples that `read` gives (oldest first; called twice), each as it was stored, never an average:
 * 1. the first and the last of all;
 * 2. where a value stops being known, the first sample without it, and of a silence of more than `holeMs` the first one
 *    after it, so that no gap is drawn over; as long as gaps are few, also the last sample before and the first after;
 * 3. of equal stretches of time, for each metric the samples with its lowest and its highest value.
 *
 * More gaps than a third of `points`: those that begin close to one another share a mark.
 */
export function thinSamples(
  read: () => Iterable<StoredSample>,
  points: number,
  holeMs = Number.POSITIVE_INFINITY,
): readonly StoredSample[] {
  const whole = survey(read(), holeMs);
  if (whole.first === null || whole.last === null) return [];
  if (whole.count <= points) return [...read()];
  const { first, last } = whole;
  const room = Math.max(0, points - 2);
  const marks = Math.min(whole.gaps, Math.floor(room / 3));
  // Where a line ends and begins again is seen to the sample, unless the ends would crowd out what lies between.
  const keepsEnds = whole.gaps * 3 <= room / 2;
  const left = room - (keepsEnds ? marks * 3 : marks);
  // Very few points have no room for the extremes of every metric: the first ones matter most.
  const metrics = whole.metrics.slice(0, Math.floor(left / 2));
  const stretches = Math.max(1, Math.floor(left / (2 * Math.max(1, metrics.length))));
  const stretchOf = (sample: StoredSample, of: number): number =>
    Math.min(of - 1, Math.floor(((sample.atMs - first.atMs) / (last.atMs - first.atMs)) * of));

  const kept = new Map<number, StoredSample>([first, last].map((sample) => [sample.atMs, sample]));
  const keep = (sample: StoredSample): void => void kept.set(sample.atMs, sample);
  let marked = -1;
  let current = 0;
  let extremes = new Extremes(metrics);
  let before: StoredSample | null = null;
  for (const sample of read()) {
    const stretch = stretchOf(sample, stretches);
    if (stretch !== current) {
      for (const extreme of extremes.samples()) keep(extreme);
      current = stretch;
      extremes = new Extremes(metrics);
    }
    extremes.see(sample);
    if (beginsGap(before, sample, holeMs)) {
      const place = whole.gaps <= marks ? marked + 1 : stretchOf(sample, marks);
      if (marks > 0 && place !== marked) keep(sample);
      if (keepsEnds && before !== null) keep(before);
      marked = place;
    } else if (keepsEnds && endsGap(before, sample)) keep(sample);
    before = sample;
  }
  for (const extreme of extremes.samples()) keep(extreme);
  return [...kept.values()].sort((one, other) => one.atMs - other.atMs);
}

interface Survey {
  readonly count: number;
  readonly gaps: number;
  readonly first: StoredSample | null;
  readonly last: StoredSample | null;
  /** Those that have any value at all. */
  readonly metrics: readonly SampleMetric[];
}

function survey(samples: Iterable<StoredSample>, holeMs: number): Survey {
  let [count, gaps] = [0, 0];
  let first: StoredSample | null = null;
  let last: StoredSample | null = null;
  const metrics = new Set<SampleMetric>();
  for (const sample of samples) {
    count += 1;
    if (beginsGap(last, sample, holeMs)) gaps += 1;
    for (const metric of sampleMetrics) if (sample[metric] !== null) metrics.add(metric);
    first ??= sample;
    last = sample;
  }
  return { count, gaps, first, last, metrics: [...metrics] };
}

function beginsGap(before: StoredSample | null, sample: StoredSample, holeMs: number): boolean {
  if (before === null) return false;
  return sample.atMs - before.atMs > holeMs || sampleMetrics.some((each) => isLost(before[each], sample[each]));
}

function endsGap(before: StoredSample | null, sample: StoredSample): boolean {
  return before !== null && sampleMetrics.some((each) => isLost(sample[each], before[each]));
}

function isLost(known: number | null, next: number | null): boolean {
  return known !== null && next === null;
}

/** The samples with the lowest and the highest value of each metric. */
class Extremes {
  readonly #lowest = new Map<SampleMetric, StoredSample>();
  readonly #highest = new Map<SampleMetric, StoredSample>();
  readonly #metrics: readonly SampleMetric[];

  constructor(metrics: readonly SampleMetric[]) {
    this.#metrics = metrics;
  }

  see(sample: StoredSample): void {
    for (const metric of this.#metrics) {
      const value = sample[metric];
      if (value === null) continue;
      if (value < (this.#lowest.get(metric)?.[metric] ?? Number.POSITIVE_INFINITY)) this.#lowest.set(metric, sample);
      if (value > (this.#highest.get(metric)?.[metric] ?? Number.NEGATIVE_INFINITY)) this.#highest.set(metric, sample);
    }
  }

  samples(): ReadonlySet<StoredSample> {
    return new Set([...this.#highest.values(), ...this.#lowest.values()]);
  }
}
