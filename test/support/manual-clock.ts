import type { Clock } from '../../main/engine/ports/clock.ts';

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly action: () => void;
  isUndone: boolean;
}

/** Like a real timer's: longer waits are cut to this. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * Time that stands still until a test moves it. Actions run in the order of their due times, those due together in the
 * order they were asked for; between two of them every promise that can settle does.
 */
export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #order = 0;
  /** In the order in which they run; what was undone stays until its turn. */
  readonly #pending: Pending[] = [];

  constructor(start: string = '2026-01-01T00:00:00.000Z') {
    this.#wall = Date.parse(start);
  }

  wallNow(): number {
    return this.#wall;
  }

  monotonicNow(): number {
    return this.#monotonic;
  }

  after(delayMs: number, action: () => void): () => void {
    // Whole milliseconds, as a real timer's: parts of one are lost in the wall clock, which then never gets there.
    const delay = Number.isNaN(delayMs) ? 0 : Math.min(Math.max(Math.ceil(delayMs), 0), longestDelayMs);
    const item: Pending = { due: this.#monotonic + delay, order: this.#order++, action, isUndone: false };
    this.#pending.splice(this.#placeOf(item), 0, item);
    return () => {
      item.isUndone = true;
    };
  }

  /** How many actions still wait. */
  get waiting(): number {
    return this.#pending.filter(({ isUndone }) => !isUndone).length;
  }

  /** Milliseconds until the next action is due; null when none waits. */
  get nextDueMs(): number | null {
    const next = this.#next();
    return next === undefined ? null : Math.max(0, next.due - this.#monotonic);
  }

  /** Moves wall and monotonic time forward together, running what becomes due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settled();
    for (let next = this.#next(); next !== undefined && next.due <= end; next = this.#next()) {
      this.#moveTo(Math.max(next.due, this.#monotonic));
      this.#pending.shift();
      next.action();
      await settled();
    }
    this.#moveTo(end);
  }

  /** The process stands still while both clocks go on: what became due meanwhile comes late, with the next move. */
  stall(ms: number): void {
    this.#moveTo(this.#monotonic + ms);
  }

  /** The wall clock is set: by a person, by NTP, or by a sleep during which monotonic time stood still. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  #next(): Pending | undefined {
    while (this.#pending[0]?.isUndone === true) this.#pending.shift();
    return this.#pending[0];
  }

  /** Behind everything that is due by then: what was asked for first runs first. */
  #placeOf({ due }: Pending): number {
    let [low, high] = [0, this.#pending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pending[middle]?.due ?? 0) <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One turn of the event loop: by then the queue of settled promises has run dry. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
