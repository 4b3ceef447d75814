/** Where short pieces of work wait for company. */
export interface Gathering {
  /** Runs it at once after a rest, otherwise with all the others on the next beat. */
  join(work: () => void): void;
}

/**
 * Lets many short pieces of work begin together, at most every `beatMs`: to wake up, and to run code that has gone cold,
 * costs several times what one connection does. Whoever comes alone does not wait.
 */
export function createGathering(beatMs: number): Gathering {
  let beganAt = Number.NEGATIVE_INFINITY;
  let waiting: (() => void)[] = [];
  const begin = (): void => {
    const all = waiting;
    waiting = [];
    beganAt = performance.now();
    for (const work of all) work();
  };
  return {
    join: (work) => {
      waiting.push(work);
      if (waiting.length > 1) return;
      const restMs = beganAt + beatMs - performance.now();
      if (restMs <= 0) begin();
      else setTimeout(begin, restMs);
    },
  };
}
