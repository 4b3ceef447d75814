import type { Limit } from './limits.ts';

/** Holds so many tokens, refilled steadily. Time comes from outside: the bucket knows no clock. */
export class TokenBucket {
  readonly limit: Limit;
  #level: number;
  #at: number;
  /** Share of level and refill that somebody else takes, 0 to 1. */
  #taken = 0;
  /** Until then every request is refused, whatever the level: a wait that was told is meant. */
  #closedUntil = 0;

  constructor(limit: Limit, now: number) {
    this.limit = limit;
    this.#level = limit.capacity;
    this.#at = now;
  }

  /** Whole tokens that are left. */
  left(now: number): number {
    this.#refill(now);
    return Math.floor(this.#level);
  }

  isClosed(now: number): boolean {
    return now < this.#closedUntil;
  }

  canTake(now: number): boolean {
    this.#refill(now);
    return !this.isClosed(now) && this.#level >= 1;
  }

  take(now: number): void {
    this.#refill(now);
    this.#level -= 1;
  }

  /** Whole seconds until a tenth is back, at least one. From then on, and not before, requests are let in again. */
  close(now: number): number {
    this.#refill(now);
    const missing = Math.max(1, this.limit.capacity / 10) - this.#level;
    const seconds = Math.max(
      1,
      Math.ceil(missing / (this.limit.perSecond * (1 - this.#taken) || this.limit.perSecond)),
    );
    this.#closedUntil = Math.max(this.#closedUntil, now + seconds * 1000);
    return Math.ceil((this.#closedUntil - now) / 1000);
  }

  /** Refuses everything for so long: a wait that a script told the client. */
  closeFor(now: number, ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, now + ms);
  }

  /** Somebody else draws from the same bucket: that share of what is in it goes at once, and of all that comes later. */
  share(now: number, taken: number): void {
    this.#refill(now);
    this.#taken = taken;
    this.#level = Math.min(this.#level, this.limit.capacity * (1 - taken));
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000;
    this.#at = Math.max(this.#at, now);
    this.#level = Math.min(this.limit.capacity, this.#level + seconds * this.limit.perSecond * (1 - this.#taken));
  }
}
