import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import { isInSight } from './page-sight.ts';
import { createStore, type Store } from './store.ts';

/** What is known of something the engine owns. A value that was read stays while a later reading fails. */
export interface Mirrored<T> {
  readonly value: T | null;
  /** Milliseconds since 1970 of the last whole reading. */
  readonly readAt: number | null;
  /** Why the last reading failed. */
  readonly error: VigilError | null;
}

export type Change<T> = (value: T) => T;

export interface MirrorPlan<T> {
  /** Listens to what changes; called once, before the first reading. The result undoes it. */
  follow(apply: (change: Change<T>) => void): () => void;
  /** Reads the whole. */
  read(): Promise<T>;
  /** More than a few changes within a moment are taken in together, and drawn once. */
  readonly gathers?: boolean;
}

export interface Mirror<T> extends Store<Mirrored<T>> {
  /** Reads everything anew; never rejects. */
  refresh(): Promise<void>;
  stop(): void;
}

/** A rush: more than so many changes within so many milliseconds. */
const fewAtOnce = 4;
const gatherMs = 100;

/**
 * A copy of the engine's state in this page.
 * 1. It listens before it reads, and changes that arrive during a reading are applied to what was read: nothing falls between.
 * 2. Of two readings under way only the younger one counts.
 * 3. A few changes are taken in at once, each by itself; of those in a rush none is lost, none overtakes another.
 * 4. After `stop` nothing changes any more.
 */
export function createMirror<T>(plan: MirrorPlan<T>): Mirror<T> {
  const store = createStore<Mirrored<T>>({ value: null, readAt: null, error: null });
  let reading = 0;
  let missed: Change<T>[] = [];
  let stopped = false;

  let gathered: Change<T>[] = [];
  let pause: ReturnType<typeof setTimeout> | undefined;
  /** Changes since the last moment without a rush, by `performance.now()`. */
  let calmAt = 0;
  let sinceCalm = 0;
  const takeIn = (): void => {
    pause = undefined;
    const changes = gathered;
    gathered = [];
    const { value } = store.get();
    if (value === null || changes.length === 0) return;
    const next = changes.reduce<T>((current, change) => change(current), value);
    if (!Object.is(next, value)) store.set({ ...store.get(), value: next });
  };
  const takeInRush = (): void => {
    takeIn();
    // It may go on.
    calmAt = performance.now();
    sinceCalm = fewAtOnce;
  };
  const isRush = (): boolean => {
    const now = performance.now();
    if (now - calmAt > gatherMs) {
      calmAt = now;
      sinceCalm = 0;
    }
    sinceCalm += 1;
    return sinceCalm > fewAtOnce;
  };

  const undo = plan.follow((change) => {
    if (stopped) return;
    missed.push(change);
    gathered.push(change);
    if (pause !== undefined) return;
    // What nobody sees is not drawn, and needs no timer.
    if (plan.gathers === true && isInSight() && isRush()) pause = setTimeout(takeInRush, gatherMs);
    else takeIn();
  });

  async function refresh(): Promise<void> {
    if (stopped) return;
    reading += 1;
    const own = reading;
    missed = [];
    // With nothing to show, an old fault must not stand beside a reading that is under way.
    if (store.get().value === null && store.get().error !== null) store.set({ ...store.get(), error: null });
    try {
      const read: T = await plan.read();
      if (stopped || own !== reading) return;
      // Whatever waits is older than this reading, or is among those it missed.
      gathered = [];
      const value = missed.reduce<T>((current, change) => change(current), read);
      store.set({ value, readAt: Date.now(), error: null });
    } catch (error) {
      if (stopped || own !== reading) return;
      store.set({ ...store.get(), error: errorOf(failureOf(error)) });
    }
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    refresh,
    stop: () => {
      stopped = true;
      clearTimeout(pause);
      undo();
    },
  };
}
