import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A port of 127.0.0.1 that takes no connection any more: its line is full, and the system drops who knocks. */
export interface DeafListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens, says where, and never comes back to take anybody in. */
const program = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, server.address().port + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

export async function startDeafListener(): Promise<DeafListener> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const port = Number(line);
  const waiting: Socket[] = [];
  // One more than it has places for, and one that is to find none.
  for (;;) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    waiting.push(socket);
    const isTaken = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 300)),
    ]);
    if (!isTaken) break;
  }
  return {
    port,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
