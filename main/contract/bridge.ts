import type { EventMessage } from './events.ts';
import type { Outcome } from './outcome.ts';

/** The whole of what a page can reach: two IPC channels and the object the preload script makes of them. */

export const callChannel = 'vigil:call';
export const eventChannel = 'vigil:event';

/** `window.vigil`, as the preload script exposes it. Neither function takes a channel. */
export interface Bridge {
  /** Never rejects for an expected failure: that is an outcome. */
  call(name: string, input: unknown): Promise<Outcome>;
  /** Every event of the engine; the result undoes it. */
  subscribe(listener: (message: EventMessage) => void): () => void;
}
