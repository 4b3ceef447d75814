import type { StopSignal } from '../../contract/stop-signal.ts';

/** The libraries know no limit of their own: work that takes longer than `limitMs` is aborted, and so is what `signal` stops. */
export async function boundedCall<T>(
  signal: StopSignal,
  limitMs: number,
  work: (abort: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = setTimeout(stop, limitMs);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
