import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import path from 'node:path';
import { connectToEngine } from '../../main/transport/client/engine-client.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { out, projectNode, root } from '../../scripts/project.mjs';
import { eventually } from './eventually.ts';
import { machineProcessesOf } from './processes-of-home.ts';
import { recordingLog } from './recording-log.ts';

/** A headless engine in a process of its own that a test may kill, with a connection to it. */
export interface EngineProcess {
  readonly pid: number;
  readonly connection: SocketConnection;
  /** From the start of the process to its first answer. */
  readonly readyMs: number;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  /** In order. */
  stop(): Promise<void>;
  /** Lets the guest of a machine panic, from the monitor that is there for people. */
  panic(machineId: string): Promise<void>;
}

/** From the build, or from `script` (relative to the project) under the same Node. */
export async function startEngineProcess(home: string, script?: string): Promise<EngineProcess> {
  const entry = script === undefined ? path.join(out, 'main', 'headless.mjs') : path.join(root, script);
  const begun = performance.now();
  const child = spawn(projectNode(), [entry, '--home', home], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const connection = await eventually(
    `an engine for ${home}`,
    async () => {
      const found = await connectToEngine({ home, face: 'cli', log: recordingLog() });
      if (found.engine.pid === child.pid) return found;
      found.close();
      return null;
    },
    20_000,
  ).catch((error: unknown) => {
    throw new Error(`The engine did not come up. It said:\n${said}`, { cause: error });
  });
  const readyMs = performance.now() - begun;
  return {
    pid: child.pid ?? 0,
    connection,
    readyMs,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      connection.close();
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      connection.close();
    },
    panic: async (machineId) => {
      const machine = machineProcessesOf(home).find(({ commandLine }) => commandLine.includes(machineId));
      const chardev = machine?.commandLine.find((part) => part.includes('id=monitor'));
      const socketPath = /path=([^,]+)/.exec(chardev ?? '')?.[1];
      if (socketPath === undefined) throw new Error(`No monitor found for ${machineId}.`);
      await writePanicPort(socketPath);
    },
  };
}

/** pvpanic listens at port 0x505; bit 0 says that the guest panicked. */
function writePanicPort(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    const lines = [
      '{"execute":"qmp_capabilities"}',
      '{"execute":"human-monitor-command","arguments":{"command-line":"o /b 0x505 1"}}',
    ];
    let answers = 0;
    socket.on('data', (chunk) => {
      answers += String(chunk).split('"return"').length - 1;
      if (answers >= 2) {
        socket.destroy();
        resolve();
      }
    });
    socket.on('error', reject);
    socket.on('connect', () => socket.write(`${lines.join('\n')}\n`));
  });
}
