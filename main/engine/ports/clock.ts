/**
 * Time, as an input. Wall time may jump; monotonic time never goes back but may stand still while the computer sleeps.
 * Nothing in the engine asks for time in any other way.
 */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  wallNow(): number;
  /** Milliseconds since an arbitrary moment of this process. */
  monotonicNow(): number;
  /** Runs `action` once after `delayMs` of monotonic time; the result undoes it. Delays are clamped below 2^31 ms. */
  after(delayMs: number, action: () => void): () => void;
}
