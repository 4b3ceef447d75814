import { type FSWatcher, watch } from 'node:fs';
import type { ConsoleOutput } from '../../contract/console.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { FollowRequest } from '../../engine/ports/machine-console.ts';
import { readLogBytes } from './console-log.ts';

export interface FollowInput extends FollowRequest {
  readonly path: string;
  readonly clock: Clock;
  readonly signal: StopSignal;
  /** Whether there is a process that writes to the log. */
  isRunning(): boolean;
}

/** A guest prints byte by byte: so long the first one waits for the next ones. */
const gatherMs = 4;
/** Between looks without news: a machine's end, and a file system that does not tell of changes. */
const lookMs = 250;

/**
 * What a log gained after `from`. The log itself is the buffer between guest and reader, so that neither waits for the
 * other and a reader costs nothing while it does not ask.
 */
export async function followLog(input: FollowInput): Promise<ConsoleOutput> {
  const { clock, limit, path, signal } = input;
  const wasRunning = input.isRunning();
  const deadline = clock.monotonicNow() + input.waitMs;
  let changes: Changes | null = null;
  try {
    for (;;) {
      const { bytes, from, oldest, size } = await readLogBytes(path, input.from, limit);
      const running = input.isRunning();
      const left = deadline - clock.monotonicNow();
      // Beyond the end: the log began anew, and so does its reader.
      const restarted = input.from !== undefined && input.from > size;
      const isNews = bytes.length > 0 || restarted || running !== wasRunning;
      if (isNews || input.from === undefined || left <= 0 || signal.aborted) {
        if (restarted) return await followLog({ ...input, from: 0, waitMs: 0 });
        return {
          data: bytes.toString('base64'),
          from,
          to: from + bytes.length,
          dropped: input.from === undefined ? 0 : Math.max(0, oldest - input.from),
          running,
        };
      }
      // Watched before the next look, so that nothing falls between.
      if (changes === null) changes = watchChanges(path);
      else if (await changes.next(clock, Math.min(left, lookMs), signal)) await pause(clock, gatherMs);
    }
  } finally {
    changes?.close();
  }
}

interface Changes {
  /** True when the file changed since the last call, or does so in time. */
  next(clock: Clock, limitMs: number, signal: StopSignal): Promise<boolean>;
  close(): void;
}

function watchChanges(path: string): Changes {
  let changed = false;
  let wake: () => void = () => {};
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(path, { persistent: false }, () => {
      changed = true;
      wake();
    });
    // The look every quarter of a second remains.
    watcher.on('error', () => watcher?.close());
  } catch {
    // No such file yet, or no watches left: the same.
  }
  return {
    next: (clock, limitMs, signal) =>
      new Promise((resolve) => {
        const settle = (): void => {
          undo();
          signal.removeEventListener('abort', settle);
          wake = () => {};
          resolve(changed);
          changed = false;
        };
        const undo = clock.after(limitMs, settle);
        signal.addEventListener('abort', settle, { once: true });
        wake = settle;
        if (changed || signal.aborted) settle();
      }),
    close: () => watcher?.close(),
  };
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
