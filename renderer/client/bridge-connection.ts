import type { Bridge } from '../../main/contract/bridge.ts';
import type { CallInput, CallName, CallResult } from '../../main/contract/calls.ts';
import type { Connection } from '../../main/contract/connection.ts';
import type { EventName, Events } from '../../main/contract/events.ts';
import { errorOf, VigilError } from '../../main/contract/failure.ts';

declare global {
  interface Window {
    readonly vigil: Bridge;
  }
}

/** The connection of this page. */
export function pageConnection(): Connection {
  return bridgeConnection(window.vigil);
}

/** Calls and events over a bridge: outcomes become values and `VigilError`s, one stream of events becomes one per name. */
export function bridgeConnection(bridge: Bridge): Connection {
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  let undo: (() => void) | null = null;

  function deliver(name: EventName, payload: Events[EventName]): void {
    for (const listener of [...(listeners.get(name) ?? [])]) listener(payload as never);
  }

  return {
    async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallResult<N>> {
      const outcome = await bridge.call(name, input).catch((cause: unknown) => {
        throw new VigilError('unreachable', 'The window lost its line to Vigil. Close the window and open it again.', {
          cause,
        });
      });
      if (!outcome.ok) throw errorOf(outcome.error);
      return outcome.value as CallResult<N>;
    },
    subscribe<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void {
      const own = listeners.get(name) ?? new Set();
      listeners.set(name, own);
      own.add(listener);
      undo ??= bridge.subscribe((message) => deliver(message.name, message.payload));
      return () => {
        own.delete(listener);
        if ([...listeners.values()].some(({ size }) => size > 0)) return;
        undo?.();
        undo = null;
      };
    },
  };
}
