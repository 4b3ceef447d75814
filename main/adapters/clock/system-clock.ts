import type { Clock } from '../../engine/ports/clock.ts';

/** A longer wait would overflow Node's timer and fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** The computer's own time. */
export function createSystemClock(): Clock {
  return {
    wallNow: () => Date.now(),
    monotonicNow: () => performance.now(),
    after: (delayMs, action) => {
      const timer = setTimeout(action, clampDelay(delayMs));
      return () => clearTimeout(timer);
    },
  };
}

/** What a timer can be given: never NaN, never negative, never beyond what it can count. */
export function clampDelay(delayMs: number): number {
  return Number.isNaN(delayMs) ? 0 : Math.min(Math.max(delayMs, 0), longestDelayMs);
}
