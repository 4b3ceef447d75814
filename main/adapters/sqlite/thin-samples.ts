import { sampleMetrics } from '../../contract/sample.ts';
import type { SampleStretch } from './sample-stretch.ts';
import { SampleTable } from './sample-table.ts';

/**
 * At most `points` of the samples that `read` gives (oldest first; called several times), each as it was stored, never an
 * average, in a table of their own:
 * 1. the first and the last of all;
 * 2. where a value stops being known, the first sample without it, and of a silence of more than `holeMs` the first one
 *    after it, so that no gap is drawn over; as long as gaps are few, also the last sample before and the first after;
 * 3. of equal stretches of time, for each metric the samples with its lowest and its highest value.
 *
 * More gaps than a third of `points`: those that begin close to one another share a mark.
 */
export function thinSamples(
  read: () => Iterable<SampleStretch>,
  points: number,
  holeMs = Number.POSITIVE_INFINITY,
): SampleTable {
  const whole = survey(read(), holeMs);
  if (whole.count <= points) {
    const all = new Uint32Array(whole.count).map((_, index) => index);
    return pick(read(), all);
  }
  const lastPlace = whole.count - 1;
  const room = Math.max(0, points - 2);
  const marks = Math.min(whole.gaps, Math.floor(room / 3));
  // Where a line ends and begins again is seen to the sample, unless the ends would crowd out what lies between.
  const keepsEnds = whole.gaps * 3 <= room / 2;
  const left = room - (keepsEnds ? marks * 3 : marks);
  // Very few points have no room for the extremes of every metric: the first ones matter most.
  const metrics = whole.metrics.slice(0, Math.floor(left / 2));
  const parts = Math.max(1, Math.floor(left / (2 * Math.max(1, metrics.length))));
  const partOf = (atMs: number, of: number): number =>
    Math.min(of - 1, Math.floor(((atMs - whole.firstMs) / (whole.lastMs - whole.firstMs)) * of));

  const kept = [0, lastPlace];
  const extremes = new Extremes(metrics);
  let marked = -1;
  let current = 0;
  /** What is before it lies in the current part: to ask for each sample would take longer than the rest. */
  let surelyMs = Number.NEGATIVE_INFINITY;
  let first = 0;
  let stretch = 0;
  for (const { table, from, to } of read()) {
    const found = whole.edges[stretch++] as Uint8Array;
    let begin = from;
    for (let place = from; place < to; place += 1) {
      const atMs = table.at[place] as number;
      if (atMs >= surelyMs) {
        const part = partOf(atMs, parts);
        if (part !== current) {
          extremes.see(table, begin, place, first - from);
          extremes.moveTo(kept);
          begin = place;
          current = part;
          surelyMs = whole.firstMs + ((part + 1) / parts) * (whole.lastMs - whole.firstMs) - 1;
        }
      }
      const edge = found[place - from];
      if (edge === 0) continue;
      const index = first + place - from;
      if (edge === begins) {
        const mark = whole.gaps <= marks ? marked + 1 : partOf(atMs, marks);
        if (marks > 0 && mark !== marked) kept.push(index);
        if (keepsEnds) kept.push(index - 1);
        marked = mark;
      } else if (keepsEnds) kept.push(index);
    }
    extremes.see(table, begin, to, first - from);
    first += to - from;
  }
  extremes.moveTo(kept);
  return pick(read(), Uint32Array.from(kept).sort());
}

interface Survey {
  readonly count: number;
  readonly gaps: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Those that have any value at all, by their place among all of them. */
  readonly metrics: readonly number[];
  /** Of each stretch. */
  readonly edges: readonly Uint8Array[];
}

function survey(stretches: Iterable<SampleStretch>, holeMs: number): Survey {
  const edges = new Edges(holeMs);
  const all: Uint8Array[] = [];
  let [count, firstMs, lastMs] = [0, 0, 0];
  for (const stretch of stretches) {
    const { table, from, to } = stretch;
    if (count === 0) firstMs = table.at[from] as number;
    all.push(edges.of(stretch));
    count += to - from;
    lastMs = table.at[to - 1] as number;
  }
  const metrics = [...sampleMetrics.keys()].filter((metric) => (edges.everKnown & (1 << metric)) !== 0);
  return { count, gaps: edges.begun, firstMs, lastMs, metrics, edges: all };
}

/** Which values all samples of a stretch have, a bit for each; -1 where some have a value that others have not. */
function knownByAll({ metrics }: SampleTable, from: number, to: number): number {
  let known = 0;
  for (const [metric, column] of metrics.entries()) {
    const isKnown = !Number.isNaN(column[from] as number);
    for (let place = from + 1; place < to; place += 1) if (Number.isNaN(column[place] as number) === isKnown) return -1;
    if (isKnown) known |= 1 << metric;
  }
  return known;
}

/** Which values each sample of a stretch has. Value by value, because that is how they lie in memory. */
function knownValues({ metrics }: SampleTable, from: number, to: number): Uint8Array {
  const known = new Uint8Array(to - from);
  for (const [metric, column] of metrics.entries()) {
    const bit = 1 << metric;
    for (let place = from; place < to; place += 1) {
      if (!Number.isNaN(column[place] as number)) known[place - from] = (known[place - from] as number) | bit;
    }
  }
  return known;
}

const begins = 1;
const ends = 2;

/** Sees where a gap begins and where one ends, stretch after stretch. */
class Edges {
  /** Which values there were at all: a bit for each. */
  everKnown = 0;
  /** How many gaps have begun. */
  begun = 0;
  readonly #holeMs: number;
  #known = 0;
  #atMs = Number.NaN;

  constructor(holeMs: number) {
    this.#holeMs = holeMs;
  }

  /** For each sample of a stretch `begins`, `ends`, or 0. */
  of({ table, from, to }: SampleStretch): Uint8Array {
    const edges = new Uint8Array(to - from);
    if (to === from) return edges;
    // As a rule all of them have the same values, and only silence makes a gap.
    const common = knownByAll(table, from, to);
    const known = common === -1 ? knownValues(table, from, to) : null;
    const { at } = table;
    const holeMs = this.#holeMs;
    const see = (index: number, now: number, atMs: number): void => {
      const before = this.#known;
      // Before the first sample there is none, and no moment is later than it by any time.
      if ((before & ~now) !== 0 || atMs - this.#atMs > holeMs) {
        edges[index] = begins;
        this.begun += 1;
      } else if ((now & ~before) !== 0 && !Number.isNaN(this.#atMs)) edges[index] = ends;
      this.everKnown |= now;
      this.#known = now;
      this.#atMs = atMs;
    };
    if (known !== null) {
      for (let index = 0; index < edges.length; index += 1)
        see(index, known[index] as number, at[from + index] as number);
      return edges;
    }
    see(0, common, at[from] as number);
    let beforeMs = this.#atMs;
    for (let index = 1; index < edges.length; index += 1) {
      const atMs = at[from + index] as number;
      if (atMs - beforeMs > holeMs) {
        edges[index] = begins;
        this.begun += 1;
      }
      beforeMs = atMs;
    }
    this.#atMs = beforeMs;
    return edges;
  }
}

/** The samples with the lowest and the highest value of each metric. */
class Extremes {
  readonly #metrics: readonly number[];
  readonly #lowest: Float64Array;
  readonly #highest: Float64Array;
  /** Which samples have them; -1 where there is none. */
  readonly #lowestAt: Int32Array;
  readonly #highestAt: Int32Array;

  constructor(metrics: readonly number[]) {
    this.#metrics = metrics;
    this.#lowest = new Float64Array(metrics.length);
    this.#highest = new Float64Array(metrics.length);
    this.#lowestAt = new Int32Array(metrics.length);
    this.#highestAt = new Int32Array(metrics.length);
    this.#forget();
  }

  /** Those from one place on and before another, whose numbers among all are so many more. */
  see(table: SampleTable, from: number, to: number, more: number): void {
    for (const [each, metric] of this.#metrics.entries()) {
      const column = table.metrics[metric] as Float64Array;
      let lowest = this.#lowest[each] as number;
      let highest = this.#highest[each] as number;
      let lowestAt = this.#lowestAt[each] as number;
      let highestAt = this.#highestAt[each] as number;
      for (let place = from; place < to; place += 1) {
        const value = column[place] as number;
        if (value < lowest) {
          lowest = value;
          lowestAt = place + more;
        }
        if (value > highest) {
          highest = value;
          highestAt = place + more;
        }
      }
      this.#lowest[each] = lowest;
      this.#highest[each] = highest;
      this.#lowestAt[each] = lowestAt;
      this.#highestAt[each] = highestAt;
    }
  }

  /** Adds them to a list, and begins anew. */
  moveTo(kept: number[]): void {
    for (const indexes of [this.#lowestAt, this.#highestAt])
      for (const index of indexes) if (index >= 0) kept.push(index);
    this.#forget();
  }

  #forget(): void {
    this.#lowest.fill(Number.POSITIVE_INFINITY);
    this.#highest.fill(Number.NEGATIVE_INFINITY);
    this.#lowestAt.fill(-1);
    this.#highestAt.fill(-1);
  }
}

/** Copies of those that have these numbers among all, which are in order; one that comes twice is there once. */
function pick(stretches: Iterable<SampleStretch>, indexes: Uint32Array): SampleTable {
  const picked = new SampleTable(indexes.length);
  let first = 0;
  let next = 0;
  for (const { table, from, to } of stretches) {
    const end = first + to - from;
    for (; next < indexes.length && (indexes[next] as number) < end; next += 1) {
      if (next === 0 || indexes[next] !== indexes[next - 1])
        picked.putFrom(table, from + (indexes[next] as number) - first);
    }
    first = end;
  }
  return picked;
}
