import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { heartOf } from './heart.ts';

export interface LoopOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From the end of one round to the begin of the next; asked anew each time, and now and then while a steady loop waits. */
  intervalMs(): number;
  /** The interval counts from the begin of a round instead: a slow round does not shift the beat. One that takes longer than the interval is followed at once. */
  readonly isSteady?: boolean;
  /** Before the first round; the interval when absent. */
  readonly firstAfterMs?: number;
  run(): Promise<void>;
}

/** Of a wait: so much earlier its round may begin, together with that of another loop. */
const slackShare = 0.02;
const mostSlackMs = 1000;
/** A steady loop keeps its beat: only what timers are off by is too little to be woken twice for. */
const steadySlackMs = 50;

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
    // A steady loop asks for its interval again and again: one that was shortened holds soon.
    const fixedMs = delayMs();
    const waitMs = isSteady ? delayMs : () => fixedMs;
    cancel = heartOf(clock).await({
      dueMs: () => sinceMs + waitMs(),
      slackMs: () => Math.min(isSteady ? steadySlackMs : mostSlackMs, waitMs() * slackShare),
      take: () => {
        round = runOnce(sinceMs + waitMs());
      },
    });
  };
  const runOnce = async (dueMs: number): Promise<void> => {
    const begunMs = clock.monotonicNow();
    const sinceMs = begunMs - dueMs <= steadySlackMs ? dueMs : begunMs;
    try {
      await options.run();
    } catch (error) {
      options.log.write('error', 'lifetime', `a round of ${options.name} failed`, { error });
    }
    if (!stopped) waitFor(isSteady ? sinceMs : clock.monotonicNow(), options.intervalMs);
  };
  waitFor(clock.monotonicNow(), () => options.firstAfterMs ?? options.intervalMs());
  return async () => {
    stopped = true;
    cancel();
    await round;
  };
}
