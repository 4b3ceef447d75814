/** What transport needs from around it. The engine's `Log` and `Clock` ports fit as they are. */

export interface TransportLog {
  /** Never throws, never waits. */
  write(
    level: 'debug' | 'info' | 'warn' | 'error',
    topic: string,
    message: string,
    fields?: { readonly error?: unknown; readonly [key: string]: unknown },
  ): void;
}

export interface TransportClock {
  /** Runs `action` once after `delayMs`; the result undoes it. */
  after(delayMs: number, action: () => void): () => void;
}
