import type { Clock } from '../ports/clock.ts';

/** Something that waits for its moment. */
export interface Turn {
  /** Monotonic milliseconds; asked anew at every beat, so that it may come nearer meanwhile. */
  dueMs(): number;
  /** So many milliseconds earlier it may come, together with others. */
  slackMs(): number;
  take(): void;
}

/** Calls whoever waits, those of about the same moment together. */
export interface Heart {
  /** Once; the result undoes it. */
  await(turn: Turn): () => void;
}

/** No wait is longer, so that a moment that came nearer is seen. */
const longestRestMs = 15_000;

const hearts = new WeakMap<Clock, Heart>();

/**
 * The one of a clock. A process that is woken for each of many things that could as well happen together takes several
 * times as much of the processor as one that sleeps in between.
 */
export function heartOf(clock: Clock): Heart {
  const known = hearts.get(clock);
  if (known !== undefined) return known;
  const made = createHeart(clock);
  hearts.set(clock, made);
  return made;
}

function createHeart(clock: Clock): Heart {
  const turns = new Set<Turn>();
  let cancel: () => void = () => {};

  /** Monotonic milliseconds of the next beat. */
  let nextMs = Number.POSITIVE_INFINITY;

  const beatBy = (dueMs: number): void => {
    const now = clock.monotonicNow();
    const atMs = Math.max(now, Math.min(dueMs, now + longestRestMs));
    if (atMs >= nextMs) return;
    cancel();
    nextMs = atMs;
    cancel = clock.after(atMs - now, beat);
  };
  const rest = (): void => {
    cancel();
    nextMs = Number.POSITIVE_INFINITY;
  };
  const beat = (): void => {
    rest();
    const now = clock.monotonicNow();
    const due: { readonly turn: Turn; readonly dueMs: number }[] = [];
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const turn of turns) {
      const dueMs = turn.dueMs();
      if (dueMs - turn.slackMs() <= now) due.push({ turn, dueMs });
      else soonestMs = Math.min(soonestMs, dueMs);
    }
    if (turns.size > due.length) beatBy(soonestMs);
    // One that is taken may call off another of the same beat.
    for (const { turn } of due.sort((one, other) => one.dueMs - other.dueMs)) if (turns.delete(turn)) turn.take();
  };

  return {
    await: (turn) => {
      turns.add(turn);
      beatBy(turn.dueMs());
      return () => {
        if (turns.delete(turn) && turns.size === 0) rest();
      };
    },
  };
}
