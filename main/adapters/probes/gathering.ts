/** Where short pieces of work wait for company. */
export interface Gathering {
  /** Runs it soon after a rest, otherwise on the next beat, together with all who come until then. */
  join(work: () => void): void;
}

/** Those who began together are due together but for a few milliseconds: the first of them waits for the last. */
const soonMs = 25;
/** So many begin in one turn: what else there is to do comes in between. */
const mostAtOnce = 100;

/**
 * Lets many short pieces of work begin together, at most every `beatMs`: to wake up, and to run code that has gone cold,
 * costs several times what one connection does. Whoever comes alone hardly waits.
 */
export function createGathering(beatMs: number): Gathering {
  let beganAt = Number.NEGATIVE_INFINITY;
  let waiting: (() => void)[] = [];
  const begin = (): void => {
    const all = waiting;
    waiting = [];
    beganAt = performance.now();
    beginSome(all, 0);
  };
  return {
    join: (work) => {
      waiting.push(work);
      if (waiting.length > 1) return;
      const restMs = beganAt + beatMs - performance.now();
      setTimeout(begin, Math.max(soonMs, restMs));
    },
  };
}

function beginSome(all: readonly (() => void)[], from: number): void {
  const next = from + mostAtOnce;
  if (next < all.length) setImmediate(() => beginSome(all, next));
  for (const work of all.slice(from, next)) work();
}
