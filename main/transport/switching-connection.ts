import type { CallInput, CallName, CallResult } from '../contract/calls.ts';
import type { Connection } from '../contract/connection.ts';
import type { EngineHost } from '../contract/engine-status.ts';
import { type EventName, type Events, eventNames } from '../contract/events.ts';
import { VigilError } from '../contract/failure.ts';
import { createEventBus } from './event-bus.ts';
import type { TransportLog } from './surroundings.ts';

/** A connection that outlives engines: the windows of the app hold it while engines come and go behind it. */
export interface SwitchingConnection extends Connection {
  /** From now on calls go to this engine and its events come from here; announces `engine.connected`. */
  use(connection: Connection, engine: Events['engine.connected']): void;
  /** No engine any more: calls under way and later ones fail as `unreachable`; announces `engine.disconnected`. */
  drop(reason: string): void;
  readonly engine: { readonly host: EngineHost; readonly pid: number } | null;
}

interface Attachment {
  readonly connection: Connection;
  readonly engine: Events['engine.connected'];
  readonly undo: readonly (() => void)[];
  readonly underWay: Set<(error: VigilError) => void>;
}

export function createSwitchingConnection(log: TransportLog): SwitchingConnection {
  const bus = createEventBus(log);
  let current: Attachment | null = null;
  let lastReason = 'No engine has been started yet.';

  function drop(reason: string): void {
    const left = current;
    if (left === null) return;
    current = null;
    lastReason = reason;
    for (const undo of left.undo) undo();
    for (const fail of [...left.underWay]) fail(noEngine(reason));
    bus.publish('engine.disconnected', { reason });
  }

  return {
    get engine() {
      return current?.engine ?? null;
    },
    subscribe: bus.subscribe,
    use: (connection, engine) => {
      drop('Another engine took over.');
      const forward = <N extends EventName>(name: N) =>
        connection.subscribe(name, (payload) => bus.publish(name, payload));
      // Coming and going is for this connection to tell.
      const names = eventNames.filter((name) => name !== 'engine.connected' && name !== 'engine.disconnected');
      current = { connection, engine, undo: names.map((name) => forward(name)), underWay: new Set() };
      bus.publish('engine.connected', engine);
    },
    drop,
    call: <N extends CallName>(name: N, input: CallInput<N>): Promise<CallResult<N>> => {
      const attachment = current;
      if (attachment === null) return Promise.reject(noEngine(lastReason));
      return new Promise((resolve, reject) => {
        attachment.underWay.add(reject);
        attachment.connection
          .call(name, input)
          .then(resolve, reject)
          .finally(() => attachment.underWay.delete(reject));
      });
    },
  };
}

function noEngine(reason: string): VigilError {
  return new VigilError('unreachable', `No engine is running: ${reason}`);
}
