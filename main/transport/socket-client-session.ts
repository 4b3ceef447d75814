import type { Socket } from 'node:net';
import type { Face } from '../contract/calls.ts';
import { type EventSource, eventNames } from '../contract/events.ts';
import { failureOf } from '../contract/failure.ts';
import type { Dispatcher } from './dispatcher.ts';
import {
  type ClientFrame,
  clientFrameOf,
  createFrameReader,
  type EngineFrame,
  type EngineIdentity,
  encodeFrame,
  protocolVersion,
} from './socket-frames.ts';
import type { SocketLimits } from './socket-limits.ts';
import type { TransportClock, TransportLog } from './surroundings.ts';

export interface SessionSurroundings {
  readonly dispatcher: Dispatcher;
  readonly events: EventSource;
  readonly log: TransportLog;
  readonly clock: TransportClock;
  readonly engine: EngineIdentity;
  readonly user: string;
  readonly limits: SocketLimits;
}

/**
 * One client of the socket, from connect to close.
 * 1. Nothing is written before the client's hello. 2. Nothing is called before it either. 3. Events flow only after
 * `subscribe`. 4. Whatever is no frame of the protocol ends the connection. 5. A client that goes away takes nothing
 * with it: what it began goes on. The result ends the session.
 */
export function serveClient(socket: Socket, around: SessionSurroundings): () => void {
  const { dispatcher, log, limits } = around;
  let face: Face | null = null;
  let callsInFlight = 0;
  let undoEvents: (() => void)[] = [];
  let isOver = false;
  const gone = new AbortController();

  const undoHelloLimit = around.clock.after(limits.helloMs, () => end('no hello in time'));
  let undoFarewellLimit: () => void = () => undefined;

  const reader = createFrameReader({
    frame: (message) => {
      const frame = clientFrameOf(message);
      if (frame === null) end('not a frame of this protocol');
      else receive(frame);
    },
    broken: (reason) => end(reason),
  });
  socket.on('data', (chunk: Buffer) => {
    if (!isOver) reader.push(chunk);
  });
  // A client may vanish at any moment; `close` follows.
  socket.on('error', (error) => log.write('debug', 'transport', 'a client connection broke', { error }));
  socket.on('close', () => {
    release();
    undoFarewellLimit();
  });

  function receive(frame: ClientFrame): void {
    if (isOver) return;
    if (face === null) greet(frame);
    else if (frame.kind === 'call') void answer(frame.id, frame.name, frame.input, face);
    else if (frame.kind === 'subscribe') subscribe();
    else end('a second hello');
  }

  function greet(frame: ClientFrame): void {
    if (frame.kind !== 'hello') {
      end('a frame before the hello');
      return;
    }
    undoHelloLimit();
    if (frame.protocol !== protocolVersion) {
      const reason = `This engine speaks protocol ${protocolVersion}, the client ${frame.protocol}. Use the same version of Vigil for both.`;
      send({ kind: 'refused', reason });
      end('another protocol');
      return;
    }
    face = frame.face;
    send({ kind: 'hello', protocol: protocolVersion, engine: around.engine });
  }

  async function answer(id: number, name: unknown, input: unknown, asker: Face): Promise<void> {
    if (callsInFlight >= limits.callsInFlight) {
      const message = `At most ${limits.callsInFlight} calls at once on one connection.`;
      send({ kind: 'outcome', id, outcome: { ok: false, error: { code: 'refused', message } } });
      return;
    }
    callsInFlight += 1;
    const outcome = await dispatcher.dispatch(name, input, { user: around.user, face: asker, gone: gone.signal });
    callsInFlight -= 1;
    send({ kind: 'outcome', id, outcome });
  }

  function subscribe(): void {
    if (undoEvents.length > 0) return;
    undoEvents = eventNames.map((name) =>
      around.events.subscribe(name, (payload) => send({ kind: 'event', name, payload })),
    );
  }

  function send(frame: EngineFrame): void {
    if (isOver || socket.destroyed) return;
    socket.write(encoded(frame, log));
    if (socket.writableLength <= limits.unreadBytes) return;
    log.write('warn', 'transport', 'a client does not read what it asked for: disconnected');
    release();
    socket.destroy();
  }

  function release(): void {
    isOver = true;
    undoHelloLimit();
    for (const undo of undoEvents) undo();
    undoEvents = [];
    gone.abort();
  }

  function end(reason: string): void {
    if (isOver) return;
    log.write('debug', 'transport', `a client connection ends: ${reason}`);
    release();
    // Half-open clients never close their side: the end is ours to make.
    undoFarewellLimit = around.clock.after(limits.farewellMs, () => socket.destroy());
    socket.end(() => socket.destroy());
  }

  return () => end('the engine stops');
}

/** An answer too large for a frame becomes an error the caller can read; a too large event is left out. */
function encoded(frame: EngineFrame, log: TransportLog): Buffer {
  try {
    return encodeFrame(frame);
  } catch (error) {
    log.write('error', 'transport', `a frame of kind '${frame.kind}' could not be sent`, { error });
    if (frame.kind !== 'outcome') return Buffer.alloc(0);
    return encodeFrame({ kind: 'outcome', id: frame.id, outcome: { ok: false, error: failureOf(error) } });
  }
}
