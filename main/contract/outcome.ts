import type { Failure } from './failure.ts';

/** How a call ended, in the form that crosses every wire: exceptions do not travel. */
export type Outcome<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure };
