import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';

export type StepEnd<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'late' }
  | { readonly kind: 'cancelled' };

/** The time that an undertaking may take as a whole, spent step by step; each step has a limit of its own besides. */
export interface TimeBudget {
  remainingMs(): number;
  spentMs(): number;
  /**
   * Runs one step. `begin` is handed the function that ends it well and gives back what undoes it, which is called when the
   * step is late or cancelled and never after it ended well. Rejects only with what `begin` throws.
   */
  step<T>(limitMs: number, begin: (done: (value: T) => void) => () => void): Promise<StepEnd<T>>;
  /** The same for work that cannot be undone: its late result is dropped. A rejection is passed on. */
  wait<T>(limitMs: number, work: Promise<T>): Promise<StepEnd<T>>;
}

export function createTimeBudget(clock: Clock, totalMs: number, signal: StopSignal): TimeBudget {
  const begunAt = clock.monotonicNow();
  const spentMs = () => clock.monotonicNow() - begunAt;
  const remainingMs = () => Math.max(0, totalMs - spentMs());

  const step = <T>(limitMs: number, begin: (done: (value: T) => void) => () => void): Promise<StepEnd<T>> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return resolve({ kind: 'cancelled' });
      const limit = Math.min(limitMs, remainingMs());
      if (limit <= 0) return resolve({ kind: 'late' });
      let isOver = false;
      let undo = () => {};
      const close = () => {
        isOver = true;
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
      };
      const over = (end: StepEnd<T>) => {
        if (isOver) return;
        close();
        if (end.kind !== 'done') undo();
        resolve(end);
      };
      const onAbort = () => over({ kind: 'cancelled' });
      const cancelTimer = clock.after(limit, () => over({ kind: 'late' }));
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        undo = begin((value) => over({ kind: 'done', value }));
      } catch (error) {
        close();
        reject(error);
      }
    });
  return {
    remainingMs,
    spentMs,
    step,
    wait: async <T>(limitMs: number, work: Promise<T>): Promise<StepEnd<T>> => {
      const settled = work.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      const end = await step<{ value: T } | { error: unknown }>(limitMs, (done) => {
        void settled.then(done);
        return () => {};
      });
      if (end.kind !== 'done') return end;
      if ('error' in end.value) throw end.value.error;
      return { kind: 'done', value: end.value.value };
    },
  };
}
