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

/**
 * Runs, then schedules the next round: rounds never overlap, and one that fails does not end the loop.
 * The result is final: no round begins after it, and it resolves when the one under way has ended.
 */
export function startLoop(options: LoopOptions): () => Promise<void> {
  let stopped = false;
  let round: Promise<void> = Promise.resolve();
  let cancel: () => void = () => {};
  const schedule = (delayMs: number): void => {
    cancel = options.clock.after(delayMs, () => {
      round = runOnce();
    });
  };
  const runOnce = async (): Promise<void> => {
    const begunAt = options.clock.monotonicNow();
    try {
      await options.run();
    } catch (error) {
      options.log.write('error', 'lifetime', `a round of ${options.name} failed`, { error });
    }
    if (stopped) return;
    const spentMs = options.isSteady === true ? options.clock.monotonicNow() - begunAt : 0;
    schedule(Math.max(0, options.intervalMs() - spentMs));
  };
  schedule(options.firstAfterMs ?? options.intervalMs());
  return async () => {
    stopped = true;
    cancel();
    await round;
  };
}
