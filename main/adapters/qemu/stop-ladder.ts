import { VigilError } from '../../contract/failure.ts';
import type { StopRung } from '../../contract/operation.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';

/** What the guest is doing, as far as its monitor says. */
export type GuestCondition =
  | 'running'
  /** Held, and able to go on. */
  | 'paused'
  /** Panicked, stopped by its watchdog or by QEMU itself: it will never obey again. */
  | 'doomed'
  /** The monitor does not answer. */
  | 'silent';

/** The machine as the ladder sees it. No method but `lockIsFree` may wait longer than its own short limit. */
export interface LadderTarget {
  isGone(): boolean;
  /**
   * Called at every sign that it may be ending: its monitor hung up, its parent was told. A sign proves nothing; only
   * `isGone` does. The result takes the listener away.
   */
  onSign(listener: () => void): () => void;
  condition(): Promise<GuestCondition>;
  resume(): Promise<void>;
  /** False when no agent listens inside the guest. */
  askAgent(timeoutMs: number, signal: StopSignal): Promise<boolean>;
  pressPowerButton(): Promise<void>;
  /** Rejects when no answer comes. */
  quit(): Promise<void>;
  /** Rejects when the process is not provably ours; nothing is sent then. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  lockIsFree(): Promise<boolean>;
}

export interface LadderOptions {
  readonly force: boolean;
  readonly acpiMs: number;
  readonly clock: Clock;
  readonly signal: StopSignal;
  readonly progress: (fraction: number | null, step: string) => void;
}

const agentMs = 10_000;
const quitMs = 5_000;
/** It may close its monitor before the answer is out. */
const unheardMs = 250;
const termMs = 5_000;
const killMs = 10_000;
const lockMs = 5_000;
const lookEveryMs = 25;
/** After a sign: soon, and less and less so. */
const looksAfterSignMs = [1, 1, 2, 4, 8, 16];
/** The same for a lock, which is let go of a moment after the process counts as gone. */
const lockLooksMs = [1, 2, 5, 10, 25, 50];
const lockEveryMs = 100;

/**
 * Climbs from a polite word to SIGKILL and comes back only when the process is gone and the image lock is free; tells the
 * rung that ended it. When it is cancelled it climbs no further and leaves the machine as it is (`cancelled`).
 */
export async function climbStopLadder(target: LadderTarget, options: LadderOptions): Promise<StopRung> {
  const rung = target.isGone() ? 'ended' : await climb(target, options);
  await waitForLock(target, options);
  return rung;
}

async function climb(target: LadderTarget, options: LadderOptions): Promise<StopRung> {
  const { clock, progress, signal } = options;
  const gone = (limitMs: number) => waitUntilGone(target, limitMs, options);
  // By force it begins at quit, whatever the guest does; a monitor that is silent is found out there.
  const condition = options.force ? null : await target.condition();
  throwIfCancelled(signal);
  if (target.isGone()) return 'ended';

  if (condition === 'running' || condition === 'paused') {
    // A held guest hears neither its agent nor its power button.
    if (condition === 'paused') await attempt(() => target.resume());
    progress(0.1, 'Asking the guest');
    const begun = clock.monotonicNow();
    if (await attempt(() => target.askAgent(agentMs, signal))) {
      if (await gone(agentMs - (clock.monotonicNow() - begun))) return 'agent';
    }
    throwIfCancelled(signal);
    if (target.isGone()) return 'ended';

    progress(0.3, 'Pressing the power button');
    for (const share of [0.5, 0.5]) {
      await attempt(() => target.pressPowerButton());
      if (await gone(options.acpiMs * share)) return 'acpi';
      // A guest that panicked on its way down does not need the rest of the time.
      if ((await target.condition()) === 'doomed') break;
    }
  }
  throwIfCancelled(signal);
  if (condition !== 'silent') {
    progress(0.6, 'Telling QEMU to quit');
    const isHeard = (await attempt(() => target.quit())) !== false;
    if (await gone(isHeard ? quitMs : unheardMs)) return 'quit';
  }
  progress(0.8, 'Ending the process');
  await target.signal('SIGTERM');
  if (await gone(termMs)) return 'term';
  progress(0.9, 'Killing the process');
  await target.signal('SIGKILL');
  if (await gone(killMs)) return 'kill';
  throw new VigilError(
    'timeout',
    'The process did not end, not even by SIGKILL; the system holds it in a call to a device.',
  );
}

/** A rung that cannot be stood on is passed by; only the end of the process counts. */
async function attempt<T>(action: () => Promise<T>): Promise<T | false> {
  try {
    return await action();
  } catch {
    return false;
  }
}

async function waitUntilGone(target: LadderTarget, limitMs: number, options: LadderOptions): Promise<boolean> {
  const deadline = options.clock.monotonicNow() + limitMs;
  let looks: readonly number[] = [];
  let wake = () => {};
  const unlisten = target.onSign(() => {
    looks = looksAfterSignMs;
    wake();
  });
  try {
    for (;;) {
      if (target.isGone()) return true;
      throwIfCancelled(options.signal);
      const left = deadline - options.clock.monotonicNow();
      if (left <= 0) return false;
      const [lookMs = lookEveryMs, ...later] = looks;
      looks = later;
      await new Promise<void>((resolve) => {
        const undo = options.clock.after(Math.min(lookMs, left), resolve);
        wake = () => {
          undo();
          resolve();
        };
      });
    }
  } finally {
    unlisten();
  }
}

/**
 * Comes back when the image lock is free, which is a moment after the process counts as gone: its threads end one by one.
 * Rejects with `conflict` when somebody else keeps it.
 */
export async function waitForLock(
  target: Pick<LadderTarget, 'lockIsFree'>,
  { clock }: Pick<LadderOptions, 'clock'>,
): Promise<void> {
  const deadline = clock.monotonicNow() + lockMs;
  for (let look = 0; !(await target.lockIsFree()); look += 1) {
    if (clock.monotonicNow() >= deadline) {
      throw new VigilError('conflict', 'The machine has ended, but another program holds its disk.', {
        hint: 'Find the program that has the disk open and end it.',
      });
    }
    await pause(clock, lockLooksMs[look] ?? lockEveryMs);
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}

function throwIfCancelled(signal: StopSignal): void {
  if (signal.aborted) throw new VigilError('cancelled', 'The stop was cancelled; the machine was left as it is.');
}
