import { chmodSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';

/** Everything that passes between faces and an engine, as bytes. */
export interface SocketTap {
  /** Both ways, in the order in which it came. */
  heard(): string;
  close(): Promise<void>;
}

let taps = 0;

/** Stands in the place of the engine's socket and hands on both ways; who comes from now on comes through it. */
export async function tapSocket(socketPath: string, folder: string): Promise<SocketTap> {
  const moved = path.join(folder, `engine-${taps++}.sock`);
  const parts: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((face) => {
    const engine = connect(moved);
    for (const [from, to] of [
      [face, engine],
      [engine, face],
    ] as const) {
      sockets.add(from);
      from.on('data', (part: Buffer) => {
        parts.push(part);
        to.write(part);
      });
      from.on('end', () => to.end());
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  renameSync(socketPath, moved);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  chmodSync(socketPath, 0o600);
  return {
    heard: () => Buffer.concat(parts).toString('latin1'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(moved, { force: true });
    },
  };
}
