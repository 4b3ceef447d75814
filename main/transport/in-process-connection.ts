import type { CallContext, CallInput, CallName, CallResult } from '../contract/calls.ts';
import type { Connection } from '../contract/connection.ts';
import type { EventSource } from '../contract/events.ts';
import { errorOf } from '../contract/failure.ts';
import type { Dispatcher } from './dispatcher.ts';

/** A connection to the engine of this very process: same parsing, same errors as over a wire. */
export function createInProcessConnection(
  dispatcher: Dispatcher,
  events: EventSource,
  context: CallContext,
): Connection {
  return {
    call: async <N extends CallName>(name: N, input: CallInput<N>): Promise<CallResult<N>> => {
      const outcome = await dispatcher.dispatch(name, input, context);
      if (!outcome.ok) throw errorOf(outcome.error);
      return outcome.value as CallResult<N>;
    },
    subscribe: (name, listener) => events.subscribe(name, listener),
  };
}
