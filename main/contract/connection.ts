import type { CallInput, CallName, CallResult } from './calls.ts';
import type { EventSource } from './events.ts';

/**
 * What every face holds: calls to the engine and events from it, whether the engine lives in this process, behind the
 * local socket or behind IPC. A call rejects with a `VigilError`.
 */
export interface Connection extends EventSource {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallResult<N>>;
}
