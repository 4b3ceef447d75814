import type { StoredGap } from '../../engine/ports/metrics-store.ts';
import type { SampleStretch } from './sample-stretch.ts';

/** Without a reading for so many intervals there is a hole: one late reading is none. */
const intervalsOfHole = 2.5;
/** Enough to tell the usual step of a series. */
const mostSteps = 10_000;

/**
 * From how long a silence on there is a hole, in milliseconds. `intervalMs` is the interval that is in force now; a series
 * that was mostly taken at a longer one is judged by its own.
 */
export function holeOf(read: () => Iterable<SampleStretch>, intervalMs: number): number {
  const steps = new Float64Array(mostSteps);
  let count = 0;
  let beforeMs = Number.NaN;
  for (const { table, from, to } of read()) {
    for (let place = from; place < to && count < mostSteps; place += 1) {
      const atMs = table.at[place] as number;
      if (!Number.isNaN(beforeMs)) steps[count++] = atMs - beforeMs;
      beforeMs = atMs;
    }
    if (count === mostSteps) break;
  }
  const usual = count === 0 ? 0 : middleOf(steps.subarray(0, count));
  return intervalsOfHole * Math.max(intervalMs, usual);
}

/**
 * The stretches between the readings that `read` gives (oldest first) in which nothing is known: readings failed, or none
 * was taken for longer than `holeMs`. Each runs from the last good reading before it to the first one after it. Gaps with
 * no more than `shortestMs` between them count as one, which also bounds how many there are.
 */
export function readingGaps(
  read: () => Iterable<SampleStretch>,
  { holeMs, shortestMs }: { readonly holeMs: number; readonly shortestMs: number },
): readonly StoredGap[] {
  const gaps: StoredGap[] = [];
  const add = (gap: StoredGap): void => {
    const last = gaps.at(-1);
    // What failed tells more than what is merely absent.
    if (last !== undefined && gap.fromMs - last.toMs <= shortestMs) {
      gaps[gaps.length - 1] = { fromMs: last.fromMs, toMs: gap.toMs, reason: last.reason ?? gap.reason };
    } else gaps.push(gap);
  };
  let beforeMs = Number.NaN;
  let before: string | null = null;
  for (const { table, from, to } of read()) {
    for (let place = from; place < to; place += 1) {
      const atMs = table.at[place] as number;
      const error = table.reasons?.[place] ?? null;
      if (!Number.isNaN(beforeMs)) {
        const reason = before ?? error;
        // Runs of failed readings join by themselves: nothing lies between them.
        if (reason !== null || atMs - beforeMs > holeMs) add({ fromMs: beforeMs, toMs: atMs, reason });
      }
      [beforeMs, before] = [atMs, error];
    }
  }
  return gaps;
}

/** The number that stands in the middle once they are in order; brings them into some other order. */
function middleOf(values: Float64Array): number {
  const first = values[0] as number;
  let alike = 0;
  for (let index = 0; index < values.length; index += 1) if (values[index] === first) alike += 1;
  // More than half of them: wherever the others go, it stands in the middle.
  return 2 * alike > values.length + 1 ? first : nth(values, Math.floor(values.length / 2));
}

/** The number that stands at a place once they are in order (by Hoare's search); brings them into some other order. */
function nth(values: Float64Array, place: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[place] as number;
    let [left, right] = [low, high];
    while (left <= right) {
      while ((values[left] as number) < pivot) left += 1;
      while ((values[right] as number) > pivot) right -= 1;
      if (left > right) break;
      const value = values[left] as number;
      values[left] = values[right] as number;
      values[right] = value;
      left += 1;
      right -= 1;
    }
    if (right < place) low = left;
    if (left > place) high = right;
  }
  return values[place] as number;
}
