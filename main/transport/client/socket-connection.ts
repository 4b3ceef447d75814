import { lstat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import type { CallInput, CallName, CallResult, Face } from '../../contract/calls.ts';
import type { Connection } from '../../contract/connection.ts';
import { type EventName, type Events, eventNames } from '../../contract/events.ts';
import { errorOf, VigilError } from '../../contract/failure.ts';
import { createEventBus } from '../event-bus.ts';
import {
  type ClientFrame,
  createFrameReader,
  type EngineFrame,
  type EngineIdentity,
  encodeFrame,
  engineFrameOf,
  protocolVersion,
} from '../socket-frames.ts';
import type { TransportLog } from '../surroundings.ts';

export interface SocketConnection extends Connection {
  readonly engine: EngineIdentity;
  /** Resolves once, with the reason as a sentence, when the connection is over for whatever cause. */
  readonly closed: Promise<string>;
  /** Calls under way fail as `unreachable`. */
  close(): void;
}

export interface SocketConnectionOptions {
  readonly path: string;
  readonly face: Face;
  readonly log: TransportLog;
  /** From connect to the engine's hello. */
  readonly helloMs?: number;
  /** Per call; none when absent. `operation.wait` and `hook.test` never have one: they end with what they wait for, or with the connection. */
  readonly callMs?: number;
}

interface PendingCall {
  settle(frame: Extract<EngineFrame, { kind: 'outcome' }>): void;
  fail(error: VigilError): void;
}

/** Connects to an engine. Throws `unreachable` when none answers in time, `refused` when it will not speak with us. */
export async function connectSocket(options: SocketConnectionOptions): Promise<SocketConnection> {
  const { path, log, helloMs = 2_000 } = options;
  await refuseStrangersSocket(path);
  const socket = createConnection(path);
  const bus = createEventBus(log);
  const pending = new Map<number, PendingCall>();
  let lastId = 0;
  let hasSubscribed = false;
  let closing: string | null = null;
  const closed = openPromise<string>();
  const greeted = openPromise<EngineIdentity>();

  function finish(reason: string, error = new VigilError('unreachable', reason)): void {
    if (closing !== null) return;
    closing = reason;
    socket.destroy();
    greeted.reject(error);
    for (const call of [...pending.values()]) call.fail(new VigilError('unreachable', reason));
    closed.resolve(reason);
  }

  const reader = createFrameReader({
    frame: (message) => {
      const frame = engineFrameOf(message);
      if (frame === null) finish('The engine sent something this version of Vigil does not understand.');
      else receive(frame);
    },
    broken: (reason) => finish(`The engine sent ${reason}.`),
  });

  function receive(frame: EngineFrame): void {
    switch (frame.kind) {
      case 'hello':
        greeted.resolve(frame.engine);
        return;
      case 'refused':
        finish(frame.reason, new VigilError('refused', frame.reason));
        return;
      case 'outcome':
        pending.get(frame.id)?.settle(frame);
        return;
      case 'event':
        if (isEventName(frame.name)) bus.publish(frame.name, frame.payload as Events[typeof frame.name]);
    }
  }

  function send(frame: ClientFrame): void {
    socket.write(encodeFrame(frame));
  }

  socket.on('data', (chunk: Buffer) => {
    if (closing === null) reader.push(chunk);
  });
  socket.on('error', (error) => finish(`No engine answers at ${path} (${codeOf(error)}).`));
  socket.on('close', () => finish('The engine has closed the connection.'));
  socket.once('connect', () => send({ kind: 'hello', protocol: protocolVersion, face: options.face }));
  const undoLimit = limit(helloMs, () => finish(`The engine at ${path} did not answer within ${helloMs} ms.`));
  const engine = await greeted.promise.finally(undoLimit);

  return {
    engine,
    closed: closed.promise,
    close: () => finish('The connection was closed on this side.'),
    subscribe: (name, listener) => {
      if (!hasSubscribed && closing === null) {
        hasSubscribed = true;
        send({ kind: 'subscribe' });
      }
      return bus.subscribe(name, listener);
    },
    call: <N extends CallName>(name: N, input: CallInput<N>) =>
      new Promise<CallResult<N>>((resolve, reject) => {
        if (closing !== null) throw new VigilError('unreachable', closing);
        lastId += 1;
        const id = lastId;
        const undo =
          options.callMs === undefined || isUnlimited(name)
            ? () => undefined
            : limit(options.callMs, () =>
                call.fail(new VigilError('timeout', `The engine did not answer '${name}' in time.`)),
              );
        const leave = () => {
          undo();
          pending.delete(id);
        };
        const call: PendingCall = {
          settle: ({ outcome }) => {
            leave();
            if (outcome.ok) resolve(outcome.value as CallResult<N>);
            else reject(errorOf(outcome.error));
          },
          fail: (error) => {
            leave();
            reject(error);
          },
        };
        pending.set(id, call);
        try {
          send({ kind: 'call', id, name, input });
        } catch (error) {
          leave();
          throw error instanceof VigilError
            ? new VigilError('bad-input', error.message)
            : new VigilError('bad-input', 'The input is no data that can be sent.', { cause: error });
        }
      }),
  };
}

/** A socket that another user put there would receive everything we say. */
async function refuseStrangersSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    throw new VigilError('unreachable', `No engine listens at ${path} (${codeOf(error)}).`, { cause: error });
  });
  const uid = process.getuid?.();
  if (!found.isSocket() || (uid !== undefined && uid !== 0 && found.uid !== uid)) {
    throw new VigilError('refused', `${path} is no socket of this user.`);
  }
}

/** `Promise.withResolvers`, which the oldest supported runtime does not have. */
function openPromise<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function isEventName(name: string): name is EventName {
  return (eventNames as readonly string[]).includes(name);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}

function limit(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
}

/** Their own limit is what they wait for. */
function isUnlimited(name: CallName): boolean {
  return name === 'operation.wait' || name === 'hook.test' || name === 'azure.sign-in-wait';
}
