import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Operation } from '../../main/contract/operation.ts';
import { connectToEngine } from '../../main/transport/client/engine-client.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { out, projectNode } from '../../scripts/project.mjs';
import { killProcessesOfHome } from '../support/processes-of-home.ts';
import { recordingLog } from '../support/recording-log.ts';
import { endProcess } from './end-process.ts';

/** The engine as people run it without a window, from the build, on a data home of its own. */
export interface HeadlessEngine {
  readonly home: string;
  readonly pid: number;
  readonly connection: SocketConnection;
  /** Comes back when the operation has ended; throws when it did not end well. */
  done(begun: Promise<Operation>): Promise<Operation>;
  /** Ends it, its machines too, and removes the home. */
  close(): Promise<void>;
}

/** `node`: the program that runs it. */
export async function startHeadlessEngine(node = projectNode()): Promise<HeadlessEngine> {
  // Short: sockets live below it.
  const home = mkdtempSync(path.join(tmpdir(), 'vgb-'));
  const child = spawn(node, [path.join(out, 'main', 'headless.mjs'), '--home', home], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const connection = await connectToEngine({
    home,
    face: 'cli',
    log: recordingLog(),
    start: async () => ({ ended: () => endOf(child), logTail: async () => said }),
  });
  return {
    home,
    pid: child.pid ?? 0,
    connection,
    done: async (begun) => {
      const { id } = await begun;
      const ended = await connection.call('operation.wait', { operation: id });
      if (ended.state !== 'done') throw new Error(`${ended.kind} ended ${ended.state}: ${ended.error?.message ?? ''}`);
      return ended;
    },
    close: async () => {
      connection.close();
      await endProcess(child);
      await killProcessesOfHome(home);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function endOf({ exitCode, signalCode }: ChildProcess): string | null {
  if (signalCode !== null) return `signal ${signalCode}`;
  return exitCode === null ? null : `exit code ${exitCode}`;
}
