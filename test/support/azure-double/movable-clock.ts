import type { Clock } from '../../../main/engine/ports/clock.ts';

interface Pending {
  readonly due: number;
  readonly action: () => void;
}

/** Real time that a test may push forward: what is due by then happens at once, in the order in which it is due. */
export class MovableClock implements Clock {
  readonly #wallAtZero = Date.now() - performance.now();
  #ahead = 0;
  #skew = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #pending = new Set<Pending>();

  /** Both times go on together: what took a second took one by either. */
  wallNow(): number {
    return Math.floor(this.#wallAtZero + this.monotonicNow() + this.#skew);
  }

  monotonicNow(): number {
    return performance.now() + this.#ahead;
  }

  after(delayMs: number, action: () => void): () => void {
    const item = { due: this.monotonicNow() + Math.max(0, delayMs), action };
    this.#pending.add(item);
    this.#arm();
    return () => {
      this.#pending.delete(item);
    };
  }

  /** Moves time forward and runs what became due on the way. */
  advance(ms: number): void {
    const end = this.#ahead + ms;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const wait = next.due - this.monotonicNow();
      if (this.#ahead + wait > end) break;
      this.#ahead += Math.max(0, wait);
      this.#run(next);
    }
    this.#ahead = end;
    this.#arm();
  }

  /** The service's wall clock against ours: positive means that it is ahead. */
  set skewMs(ms: number) {
    this.#skew = ms;
  }

  /** Forgets all that waits. */
  stop(): void {
    this.#pending.clear();
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#next();
    if (next === undefined) return;
    const wait = Math.min(Math.max(0, next.due - this.monotonicNow()), 2 ** 31 - 1);
    this.#timer = setTimeout(() => {
      for (let due = this.#next(); due !== undefined && due.due <= this.monotonicNow(); due = this.#next())
        this.#run(due);
      this.#arm();
    }, wait);
    // A test that forgot an operation must still end.
    this.#timer.unref();
  }

  #run(item: Pending): void {
    this.#pending.delete(item);
    item.action();
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const item of this.#pending) if (first === undefined || item.due < first.due) first = item;
    return first;
  }
}
