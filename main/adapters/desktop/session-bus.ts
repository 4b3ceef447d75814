import { createConnection, type Socket } from 'node:net';
import { VigilError } from '../../contract/failure.ts';
import { type BusCall, type BusMessage, lengthOfMessage, readMessage, writeCall } from './bus-message.ts';
import type { BusValue } from './bus-values.ts';

/** One connection to the desktop's session bus. */
export interface SessionBus {
  /** Rejects with `unreachable` or `timeout`, within 5 s. */
  call(call: BusCall): Promise<readonly BusValue[]>;
  /** Hears of every signal that comes. One listener. */
  onSignal(listener: (signal: BusMessage) => void): void;
  /** Resolves when it is no more. */
  readonly closed: Promise<void>;
  close(): void;
}

const patienceMs = 5000;
const mostWaiting = 100;

/** Connects and says who we are. Rejects with `unreachable` when there is no bus at this address. */
export async function openSessionBus(address: string): Promise<SessionBus> {
  const socket = await connect(address);
  let serial = 0;
  let left: Buffer = Buffer.alloc(0);
  let hear: (signal: BusMessage) => void = () => undefined;
  const waiting = new Map<number, { done(body: readonly BusValue[]): void; fail(error: unknown): void }>();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  void closed.then(() => {
    for (const { fail } of waiting.values()) fail(gone());
    waiting.clear();
  });
  // Its end is told by `close`.
  socket.on('error', () => undefined);

  const take = (message: BusMessage): void => {
    // An answer and a signal about it may come in one piece: whoever waits for the answer has it by then.
    if (message.kind === 'signal') setImmediate(() => hear(message));
    if (message.answers === null) return;
    const call = waiting.get(message.answers);
    waiting.delete(message.answers);
    if (message.kind === 'answer') call?.done(message.body);
    else call?.fail(new VigilError('unreachable', 'The desktop refused a call over its session bus.'));
  };
  socket.on('data', (chunk: Buffer) => {
    left = Buffer.concat([left, chunk]);
    try {
      for (
        let length = lengthOfMessage(left);
        length !== null && left.length >= length;
        length = lengthOfMessage(left)
      ) {
        take(readMessage(left.subarray(0, length)));
        left = left.subarray(length);
      }
    } catch {
      // Whoever cannot be understood once cannot be understood any more.
      socket.destroy();
    }
  });

  const call: SessionBus['call'] = (wanted) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed || waiting.size >= mostWaiting) {
        reject(gone());
        return;
      }
      serial += 1;
      const own = serial;
      const timer = setTimeout(() => {
        waiting.delete(own);
        reject(new VigilError('timeout', 'The desktop did not answer over its session bus.'));
      }, patienceMs);
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        action();
      };
      waiting.set(own, {
        done: (body) => settle(() => resolve(body)),
        fail: (error) => settle(() => reject(error)),
      });
      socket.write(writeCall(wanted, own));
    });

  const bus = 'org.freedesktop.DBus';
  try {
    await call({
      destination: bus,
      path: '/org/freedesktop/DBus',
      interface: bus,
      member: 'Hello',
      signature: '',
      body: [],
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    call,
    onSignal: (listener) => {
      hear = listener;
    },
    closed,
    close: () => socket.destroy(),
  };
}

function gone(): VigilError {
  return new VigilError('unreachable', 'The session bus of this desktop cannot be reached.');
}

/** The first address that answers, after both sides have agreed. */
async function connect(address: string): Promise<Socket> {
  for (const target of targetsOf(address)) {
    const socket = await agree(target).catch(() => null);
    if (socket !== null) return socket;
  }
  throw gone();
}

/** Sockets of this computer that an address names: `unix:path=/run/user/1000/bus,guid=...;unix:abstract=...`. */
export function targetsOf(address: string): readonly string[] {
  return address.split(';').flatMap((each) => {
    if (!each.startsWith('unix:')) return [];
    const parts = new Map(
      each
        .slice('unix:'.length)
        .split(',')
        .map((part): [string, string] => {
          const at = part.indexOf('=');
          return [part.slice(0, at), unescaped(part.slice(at + 1))];
        }),
    );
    const [path, abstract] = [parts.get('path'), parts.get('abstract')];
    return path !== undefined ? [path] : abstract !== undefined ? [`\0${abstract}`] : [];
  });
}

function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function agree(target: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(target);
    const fail = (): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(gone());
    };
    const timer = setTimeout(fail, patienceMs);
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString('latin1');
      if (!said.includes('\r\n') && said.length < 1000) return;
      if (!said.startsWith('OK ')) {
        fail();
        return;
      }
      clearTimeout(timer);
      socket.off('data', listen);
      socket.off('error', fail);
      socket.off('close', fail);
      socket.write('BEGIN\r\n');
      resolve(socket);
    };
    socket.on('data', listen);
    socket.on('error', fail);
    socket.on('close', fail);
    socket.once('connect', () => {
      const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
      socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
    });
  });
}
