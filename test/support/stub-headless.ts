import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../../main/contract/calls.ts';
import type { Daemon } from '../../main/contract/engine-status.ts';
import { createDispatcher } from '../../main/transport/dispatcher.ts';
import { createEventBus } from '../../main/transport/event-bus.ts';
import { createSocketServer } from '../../main/transport/socket-server.ts';

/**
 * Stands in for the headless engine where a test is about starting one, not about what it does: `--home DIR`, an engine
 * lock, a socket, `engine.status` and `engine.shutdown`. With STUB_ENGINE=dies it says a word and ends.
 */
const home = process.argv[3] ?? '';
const log = { write: () => undefined };
if (process.env.STUB_ENGINE === 'dies') {
  console.error('no space left on device');
  process.exit(3);
}
console.error('the stub begins');
const bus = createEventBus(log);
const daemon: Daemon = {
  running: true,
  pid: process.pid,
  uptimeSeconds: 0,
  monitored: [],
  version: '0.1.0',
  home,
  host: 'headless',
};
const lockFile = path.join(home, 'engine.lock');
const handlers: Partial<Handlers> = {
  'engine.status': () => daemon,
  'engine.shutdown': () => {
    setImmediate(() => {
      void server
        .close()
        .then(() => rm(lockFile))
        .then(() => process.exit(0));
    });
    return null;
  },
};
const socket = path.join(home, 'run', 'engine.sock');
const server = createSocketServer({
  path: socket,
  dispatcher: createDispatcher(handlers as Handlers, log),
  events: bus,
  log,
  clock: {
    after: (delayMs, action) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
  },
  engine: { pid: process.pid, host: 'headless', version: '0.1.0' },
  user: 'ada',
});
const lock = { pid: process.pid, startTime: null, bootId: null, socket, host: 'headless', version: '0.1.0' };
await writeFile(lockFile, JSON.stringify(lock), { mode: 0o600 });
await server.listen();
