/**
 * Work that waits its turn: at most so many at a time, never two of one key at a time, and of each key at most one that
 * waits. One that comes while another of its key waits is folded into it.
 */
export interface HookQueue<T> {
  /** Never waits, never throws. `full` when there is no room: nothing is kept of it then. */
  add(key: string, item: T, fold: ((waiting: T, late: T) => T) | null): 'added' | 'folded' | 'full';
  /** Takes nothing more and hands back what waited; resolves when what is under way has ended. */
  stop(): { readonly dropped: readonly T[]; readonly ended: Promise<void> };
}

export interface HookQueueLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

/** `work` must not reject. */
export function createHookQueue<T>(limits: HookQueueLimits, work: (item: T) => Promise<void>): HookQueue<T> {
  let waiting: { readonly key: string; item: T; readonly folds: boolean }[] = [];
  const running = new Map<string, Promise<void>>();
  let isStopped = false;

  const next = (): void => {
    while (!isStopped && running.size < limits.atOnce) {
      const index = waiting.findIndex(({ key }) => !running.has(key));
      const [turn] = index < 0 ? [] : waiting.splice(index, 1);
      if (turn === undefined) return;
      const done = work(turn.item).finally(() => {
        running.delete(turn.key);
        next();
      });
      running.set(turn.key, done);
    }
  };

  return {
    add: (key, item, fold) => {
      if (isStopped) return 'full';
      const same = fold === null ? undefined : waiting.find((each) => each.key === key && each.folds);
      if (same !== undefined && fold !== null) {
        same.item = fold(same.item, item);
        return 'folded';
      }
      if (waiting.length >= limits.waiting) return 'full';
      waiting.push({ key, item, folds: fold !== null });
      next();
      return 'added';
    },
    stop: () => {
      isStopped = true;
      const dropped = waiting.map(({ item }) => item);
      waiting = [];
      return { dropped, ended: Promise.all(running.values()).then(() => undefined) };
    },
  };
}
