import { setTimeout as pause } from 'node:timers/promises';
import { failureOf } from '../contract/failure.ts';
import type { DashboardFacts } from './dashboard-rows.ts';
import { dashboardFrame } from './print-dashboard.ts';
import type { RawTerminal } from './raw-terminal.ts';

export interface WatchedDashboard {
  readonly rawTerminal: RawTerminal;
  readonly hasColour: boolean;
  /** From one reading to the next, at first. */
  readonly intervalSeconds: number;
  read(): Promise<DashboardFacts>;
  /** Resolves with a reason when the engine goes. */
  readonly closed: Promise<string>;
  /** Wall-clock milliseconds. */
  now(): number;
}

/** What + and - step through, in seconds. */
export const refreshSteps: readonly number[] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** The other screen, without a cursor; and home without wiping, which would flicker. */
const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';
const home = '\x1b[H';
const wipeRest = '\x1b[K';

/**
 * Shows the dashboard until the person quits, the input ends, the engine goes or a signal comes; the terminal is as it was
 * afterwards. 0 when the person ended it, 1 when the engine went, 128 and the signal's number for a signal.
 */
export async function watchDashboard(options: WatchedDashboard): Promise<{ exitCode: number; words: string | null }> {
  const { rawTerminal, hasColour, now } = options;
  let intervalSeconds = options.intervalSeconds;
  let facts = await options.read();
  let fault: string | null = null;
  let readAt = now();
  let isReading = false;
  let ending: { exitCode: number; words: string | null } | null = null;
  let wake = new AbortController();

  const end = (how: { exitCode: number; words: string | null }): void => {
    ending ??= how;
    wake.abort();
  };
  const draw = (): void => {
    const size = rawTerminal.size() ?? { rows: 24, columns: 80 };
    const lines = dashboardFrame(
      { facts, fault, intervalSeconds, dueAt: readAt + intervalSeconds * 1000, now: now(), size },
      hasColour,
    );
    void rawTerminal
      .write(Buffer.from(`${home}${lines.map((line) => `${line}\x1b[0m${wipeRest}`).join('\r\n')}`))
      .then((isRead) => isRead || end({ exitCode: 0, words: null }));
  };
  const refresh = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      facts = await options.read();
      fault = null;
    } catch (error) {
      // What was read stays on the screen, with its age; the next round tries again.
      fault = failureOf(error).message;
    } finally {
      isReading = false;
      readAt = now();
      if (ending === null) draw();
    }
  };
  const step = (by: 1 | -1): void => {
    const next =
      by === 1
        ? refreshSteps.find((seconds) => seconds > intervalSeconds)
        : refreshSteps.findLast((seconds) => seconds < intervalSeconds);
    intervalSeconds = next ?? intervalSeconds;
    draw();
  };
  const release = rawTerminal.open({
    typed: (bytes) => {
      for (const key of bytes.toString()) {
        if (key === 'q' || key === 'Q' || key === '\x03') end({ exitCode: 0, words: null });
        else if (key === 'r' || key === 'R') void refresh();
        else if (key === '+' || key === '=') step(-1);
        else if (key === '-') step(1);
      }
    },
    inputEnded: () => end({ exitCode: 0, words: null }),
    resized: draw,
    signalled: (signal) => end({ exitCode: signalExits[signal] ?? 1, words: null }),
  });
  void options.closed.then((reason) => end({ exitCode: 1, words: reason }));
  try {
    await rawTerminal.write(Buffer.from(enter));
    while (ending === null) {
      draw();
      if (now() - readAt >= intervalSeconds * 1000) await refresh();
      wake = new AbortController();
      // Once a second for the countdown and the ages.
      if (ending === null) await pause(1000, undefined, { signal: wake.signal }).catch(() => undefined);
    }
    return ending;
  } finally {
    await rawTerminal.write(Buffer.from(leave));
    release();
  }
}

const signalExits: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 };
