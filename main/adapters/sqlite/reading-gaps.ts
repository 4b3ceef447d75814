import type { StoredGap } from '../../engine/ports/metrics-store.ts';

/** What is needed of a reading to find gaps. */
export interface TakenReading {
  readonly atMs: number;
  /** Why it has no values; null when it succeeded. */
  readonly error: string | null;
}

/** Without a reading for so many intervals there is a hole: one late reading is none. */
const intervalsOfHole = 2.5;
/** Enough to tell the usual step of a series. */
const mostSteps = 10_000;

/**
 * From how long a silence on there is a hole, in milliseconds. `intervalMs` is the interval that is in force now; a series
 * that was mostly taken at a longer one is judged by its own.
 */
export function holeOf(read: () => Iterable<{ readonly atMs: number }>, intervalMs: number): number {
  const steps: number[] = [];
  let before: number | null = null;
  for (const { atMs } of read()) {
    if (before !== null) steps.push(atMs - before);
    before = atMs;
    if (steps.length >= mostSteps) break;
  }
  steps.sort((one, other) => one - other);
  return intervalsOfHole * Math.max(intervalMs, steps[Math.floor(steps.length / 2)] ?? 0);
}

/**
 * The stretches between the readings that `read` gives (oldest first) in which nothing is known: readings failed, or none
 * was taken for longer than `holeMs`. Each runs from the last good reading before it to the first one after it. Gaps with
 * no more than `shortestMs` between them count as one, which also bounds how many there are.
 */
export function readingGaps(
  read: () => Iterable<TakenReading>,
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
  let before: TakenReading | null = null;
  for (const reading of read()) {
    if (before !== null) {
      const reason = before.error ?? reading.error;
      // Runs of failed readings join by themselves: nothing lies between them.
      if (reason !== null || reading.atMs - before.atMs > holeMs) {
        add({ fromMs: before.atMs, toMs: reading.atMs, reason });
      }
    }
    before = reading;
  }
  return gaps;
}
