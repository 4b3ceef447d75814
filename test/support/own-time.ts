import { once } from 'node:events';
import { closeSync, openSync, readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Time of this thread that nobody else on this computer has taken from it. */

/**
 * How long this thread has stood ready and had no core, in milliseconds since it began: what other programs took from it.
 * Linux counts it for each thread; 0 where it does not, and then nothing is forgiven.
 */
export function createQueueClock(): { readonly queuedMs: () => number; readonly close: () => void } {
  let file: number;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return { queuedMs: () => 0, close: () => undefined };
  }
  const text = Buffer.alloc(96);
  return {
    // Nanoseconds on a core, nanoseconds in the queue for one, turns.
    queuedMs: () =>
      Number(text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)).split(' ')[1] ?? 0) / 1e6,
    close: () => closeSync(file),
  };
}

export interface OwnTime {
  /** By the clock, without the time in the queue for a core. */
  readonly ownMs: number;
  /** On a core, without waits for a disk and without the pauses of the computer itself. */
  readonly workMs: number;
  readonly wallMs: number;
}

/** How long some work of this thread takes. */
export function ownTime(work: () => void): OwnTime {
  const queue = createQueueClock();
  try {
    const [begin, queued, used] = [performance.now(), queue.queuedMs(), process.threadCpuUsage()];
    work();
    const { user, system } = process.threadCpuUsage(used);
    // Before the clock: what the thread waits for between the two is never forgiven.
    const waitedMs = queue.queuedMs() - queued;
    const wallMs = performance.now() - begin;
    const ownMs = wallMs - waitedMs;
    // A computer within a computer is halted at times, which either of the two counts may take for work.
    return { ownMs, workMs: Math.min(ownMs, (user + system) / 1000), wallMs };
  } finally {
    queue.close();
  }
}

export interface ThreadDelay {
  /** 99 of 100 looks found the thread away for at most so long. */
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The longest by the clock, with what other programs took. */
  readonly maxWallMs: number;
}

const lookMs = 1;

/** Looks every millisecond whether this thread is there, until `end`: how long it was away by its own doing. */
export function watchThreadDelay(): { end(): ThreadDelay } {
  const queue = createQueueClock();
  const delays: number[] = [];
  let maxWallMs = 0;
  let [last, queued] = [performance.now(), queue.queuedMs()];
  const look = (): void => {
    const queuedNow = queue.queuedMs();
    const now = performance.now();
    const delay = Math.max(0, now - last - lookMs);
    maxWallMs = Math.max(maxWallMs, delay);
    delays.push(Math.max(0, delay - (queuedNow - queued)));
    [last, queued] = [now, queuedNow];
  };
  const timer = setInterval(look, lookMs);
  return {
    end: () => {
      clearInterval(timer);
      // A turn that has lasted until now counts, too.
      look();
      queue.close();
      delays.sort((one, other) => one - other);
      const p99Ms = delays[Math.ceil(delays.length * 0.99) - 1] ?? 0;
      return { p99Ms, maxMs: delays.at(-1) ?? 0, maxWallMs };
    },
  };
}

/** The delay of this thread while it does some work, and that of a thread that does nothing meanwhile. */
export async function delaysBesideIdle(
  work: () => Promise<unknown>,
): Promise<{ readonly ours: ThreadDelay; readonly idle: ThreadDelay }> {
  const beside = new Worker(new URL('./idle-thread.ts', import.meta.url), { execArgv: [] });
  await once(beside, 'message');
  const delay = watchThreadDelay();
  await work();
  const ours = delay.end();
  beside.postMessage('end');
  const [idle] = (await once(beside, 'message')) as [ThreadDelay];
  return { ours, idle };
}
