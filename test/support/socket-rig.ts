import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Handlers } from '../../main/contract/calls.ts';
import { createDispatcher } from '../../main/transport/dispatcher.ts';
import { createEventBus } from '../../main/transport/event-bus.ts';
import { createFrameReader } from '../../main/transport/socket-frames.ts';
import type { SocketLimits } from '../../main/transport/socket-limits.ts';
import { createSocketServer } from '../../main/transport/socket-server.ts';
import { eventually } from './eventually.ts';
import { fakeHandlers } from './fake-handlers.ts';
import { ManualClock } from './manual-clock.ts';
import { recordingLog } from './recording-log.ts';

/** A socket server over spies in a folder of its own, with a clock that stands still. */
export async function socketRig(answers: Partial<Handlers> = {}, limits: Partial<SocketLimits> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'vigil-socket-'));
  const socketPath = path.join(folder, 'run', 'engine.sock');
  const log = recordingLog();
  const clock = new ManualClock();
  const bus = createEventBus(log);
  const handlers = fakeHandlers(answers);
  const makeServer = () =>
    createSocketServer({
      path: socketPath,
      dispatcher: createDispatcher(handlers, log),
      events: bus,
      log,
      clock,
      engine: { pid: process.pid, host: 'headless', version: '0.1.0' },
      user: 'ada',
      limits,
    });
  const server = makeServer();
  const clients: RawClient[] = [];
  return {
    folder,
    socketPath,
    log,
    clock,
    bus,
    handlers,
    server,
    makeServer,
    connect: async () => {
      const client = await rawClient(socketPath);
      clients.push(client);
      return client;
    },
    end: async () => {
      for (const { socket } of clients) socket.destroy();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type SocketRig = Awaited<ReturnType<typeof socketRig>>;

export interface RawClient {
  readonly socket: Socket;
  /** Messages received so far. */
  readonly messages: readonly Record<string, unknown>[];
  bytes(): number;
  isClosed(): boolean;
  send(message: unknown): void;
  /** Greets and waits for the engine's answer. */
  greet(): Promise<void>;
  /** Waits for the answer to a call. */
  ask(id: number, name: unknown, input: unknown): Promise<unknown>;
}

/** A client that can misbehave. It keeps its side open until told otherwise. */
export function rawClient(socketPath: string): Promise<RawClient> {
  const socket = createConnection({ path: socketPath, allowHalfOpen: true });
  const messages: Record<string, unknown>[] = [];
  let bytes = 0;
  let closed = false;
  const reader = createFrameReader({
    frame: (message) => messages.push(message as Record<string, unknown>),
    broken: (reason) => messages.push({ kind: 'broken', reason }),
  });
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    reader.push(chunk);
  });
  socket.on('error', () => undefined);
  socket.on('end', () => {
    closed = true;
  });
  socket.on('close', () => {
    closed = true;
  });
  const client: RawClient = {
    socket,
    messages,
    bytes: () => bytes,
    isClosed: () => closed,
    send: (message) => socket.write(rawFrame(JSON.stringify(message))),
    greet: async () => {
      client.send({ kind: 'hello', protocol: 1, face: 'cli' });
      await eventually('the engine greets', () => messages.some(({ kind }) => kind === 'hello'));
    },
    ask: async (id, name, input) => {
      client.send({ kind: 'call', id, name, input });
      const isAnswer = (message: Record<string, unknown>) => message.kind === 'outcome' && message.id === id;
      await eventually(`call ${id} is answered`, () => messages.some(isAnswer));
      return messages.find(isAnswer)?.outcome;
    },
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(client));
    socket.once('error', reject);
  });
}

export function rawFrame(body: string | Buffer, length = Buffer.byteLength(body)): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(length);
  return Buffer.concat([header, Buffer.from(body)]);
}
