import { chmod, lstat, rmdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { EventSource } from '../contract/events.ts';
import { VigilError } from '../contract/failure.ts';
import type { Dispatcher } from './dispatcher.ts';
import { serveClient } from './socket-client-session.ts';
import { prepareSocketPath } from './socket-folder.ts';
import type { EngineIdentity } from './socket-frames.ts';
import { type SocketLimits, socketLimits } from './socket-limits.ts';
import type { TransportClock, TransportLog } from './surroundings.ts';

export interface SocketServerOptions {
  /** At most 103 bytes, in a folder that is nothing but the socket's. */
  readonly path: string;
  readonly dispatcher: Dispatcher;
  readonly events: EventSource;
  readonly log: TransportLog;
  readonly clock: TransportClock;
  /** Told to every client that greets. */
  readonly engine: EngineIdentity;
  /** The account of whoever can reach the socket: the engine's own. */
  readonly user: string;
  readonly limits?: Partial<SocketLimits>;
}

export interface SocketServer {
  /** Call it while holding the engine lock, and only once the engine answers. Throws `conflict` or `refused`. */
  listen(): Promise<void>;
  /** Ends every connection and removes the socket with its folder. Right also before `listen` and twice. */
  close(): Promise<void>;
  readonly connections: number;
}

/**
 * The engine's door for other processes of the same user. Folder 0700 and socket 0600 are the guard: Node offers no way
 * to ask the kernel for a peer's user id, so nobody else must be able to connect in the first place. (Root always can.)
 */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const limits: SocketLimits = { ...socketLimits, ...options.limits };
  const { log } = options;
  const sessions = new Set<() => void>();
  const server = createServer((socket) => {
    const end = serveClient(socket, { ...options, limits });
    sessions.add(end);
    socket.once('close', () => sessions.delete(end));
  });
  server.maxConnections = limits.connections;
  server.on('drop', () =>
    log.write('warn', 'transport', `more than ${limits.connections} clients: one was turned away`),
  );

  return {
    get connections() {
      return sessions.size;
    },
    listen: async () => {
      await prepareSocketPath(options.path);
      await bind(server, options.path);
      server.on('error', (error) => log.write('error', 'transport', 'the local socket failed', { error }));
      await chmod(options.path, 0o600);
      const made = await lstat(options.path);
      if (!made.isSocket() || (made.mode & 0o077) !== 0) {
        await close(server, sessions);
        throw new VigilError('refused', `The file system does not keep ${options.path} private.`);
      }
    },
    close: async () => {
      await close(server, sessions);
      // Not empty, not there, not ours: then it stays.
      await rmdir(path.dirname(options.path)).catch(() => undefined);
    },
  };
}

function bind(server: Server, place: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Node binds a local socket before `listen` returns, so the mask covers exactly that: the socket is private from
    // its first moment. (It has no umask in worker threads; there the folder alone guards until the chmod.)
    const previous = maskFiles(0o177);
    try {
      server.listen(place, () => {
        server.removeListener('error', reject);
        resolve();
      });
    } finally {
      if (previous !== null) process.umask(previous);
    }
  });
}

function maskFiles(mask: number): number | null {
  try {
    return process.umask(mask);
  } catch {
    return null;
  }
}

function close(server: Server, sessions: ReadonlySet<() => void>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const end of [...sessions]) end();
  });
}
