import type { Clock } from '../../main/engine/ports/clock.ts';

/** Real time, for tests with real processes and sockets. Counts what still waits. */
export function createRealClock(): Clock & { readonly waiting: number } {
  const waiting = new Set<NodeJS.Timeout>();
  return {
    wallNow: () => Date.now(),
    monotonicNow: () => performance.now(),
    after: (delayMs, action) => {
      const timer = setTimeout(
        () => {
          waiting.delete(timer);
          action();
        },
        Math.min(Math.max(delayMs, 0), 2 ** 31 - 1),
      );
      waiting.add(timer);
      return () => {
        waiting.delete(timer);
        clearTimeout(timer);
      };
    },
    get waiting() {
      return waiting.size;
    },
  };
}
