import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

export interface LoopOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From the end of one round to the begin of the next; asked anew each time. */
  intervalMs(): number;
  /** The interval counts from the begin of a round instead: a slow round does not shift the beat. One that takes longer than the interval is followed at once. */
  readonly isSteady?: boolean;
  /** Before the first round; the interval when absent. */
  readonly firstAfterMs?: number;
  run(): Promise<void>;
}

/** A steady loop that waits longer than this asks for its interval again meanwhile: one that was shortened holds at once. */
const askAgainMs = 10_000;

/**
 * Runs, then schedules the next round: rounds never overlap, and one that fails does not end the loop.
 * The result is final: no round begins after it, and it resolves when the one under way has ended.
 */
export function startLoop(options: LoopOptions): () => Promise<void> {
  const { clock, isSteady = false } = options;
  let stopped = false;
  let round: Promise<void> = Promise.resolve();
  let cancel: () => void = () => {};
  const waitFor = (sinceMs: number, delayMs: () => number): void => {
    const leftMs = Math.max(0, sinceMs + delayMs() - clock.monotonicNow());
    const partMs = isSteady ? Math.min(leftMs, askAgainMs) : leftMs;
    cancel = clock.after(partMs, () => {
      if (partMs < leftMs) waitFor(sinceMs, delayMs);
      else round = runOnce();
    });
  };
  const runOnce = async (): Promise<void> => {
    const begunAt = clock.monotonicNow();
    try {
      await options.run();
    } catch (error) {
      options.log.write('error', 'lifetime', `a round of ${options.name} failed`, { error });
    }
    if (!stopped) waitFor(isSteady ? begunAt : clock.monotonicNow(), options.intervalMs);
  };
  waitFor(clock.monotonicNow(), () => options.firstAfterMs ?? options.intervalMs());
  return async () => {
    stopped = true;
    cancel();
    await round;
  };
}
