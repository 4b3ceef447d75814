import { createServer, type Server, type Socket } from 'node:net';
import ssh2, { type Connection, type ServerConfig } from 'ssh2';

/** A listener of the loopback that counts whom it has and lets go of all at the end. */
export interface MisbehavingServer {
  readonly port: number;
  /** Bytes that clients sent, all together. */
  readonly received: () => number;
  /** Methods of authentication that were tried. */
  readonly attempts: readonly string[];
  readonly openSockets: () => number;
  close(): Promise<void>;
}

/** Speaks no SSH of its own: does with each connection what it is told. */
export function rawServer(behave: (socket: Socket) => void): Promise<MisbehavingServer> {
  return listen(createServer(), behave, [], '127.0.0.1');
}

/**
 * A complete SSH server that lets everyone in, in ssh2's server mode; `spoil` gets each connection before anything is said.
 */
export function spoiledServer(
  config: ServerConfig,
  spoil: (connection: Connection, socket: Socket) => void = () => {},
  address = '127.0.0.1',
): Promise<MisbehavingServer> {
  const attempts: string[] = [];
  const server = new ssh2.Server(config);
  server.on('connection', (connection) => {
    connection.on('error', () => {});
    connection.on('authentication', (context) => {
      attempts.push(context.method);
      if (connection.listenerCount('authentication') === 1) context.accept();
    });
    const { _sock: socket } = connection as Connection & { _sock: Socket };
    spoil(connection, socket);
  });
  return listen(createServer(), (socket) => server.injectSocket(socket), attempts, address);
}

function listen(
  server: Server,
  behave: (socket: Socket) => void,
  attempts: readonly string[],
  address: string,
): Promise<MisbehavingServer> {
  const sockets = new Set<Socket>();
  let received = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received += chunk.length;
    });
    behave(socket);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : 0,
        received: () => received,
        attempts,
        openSockets: () => sockets.size,
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => closed());
          }),
      });
    });
  });
}
