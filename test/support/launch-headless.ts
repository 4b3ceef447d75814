import { spawn } from 'node:child_process';
import path from 'node:path';
import { connectToEngine } from '../../main/transport/client/engine-client.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { out, projectNode } from '../../scripts/project.mjs';
import { eventually } from './eventually.ts';
import { recordingLog } from './recording-log.ts';

/** A headless engine of its own process, from the build. */
export interface HeadlessEngine {
  readonly pid: number;
  /** Asks it to end, as `vigil lifecycle daemon stop` does, and waits until it has. */
  stop(): Promise<void>;
}

export async function launchHeadless(home: string): Promise<HeadlessEngine> {
  const child = spawn(projectNode(), [path.join(out, 'main', 'headless.mjs'), '--home', home], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const connection = await connectToEngineOf(home).catch((error: unknown) => {
    throw new Error(`The headless engine did not come up. It said:\n${said}`, { cause: error });
  });
  connection.close();
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      const asking = await connectToEngineOf(home);
      await asking.call('engine.shutdown', {});
      await exited;
      asking.close();
    },
  };
}

/** A second face beside the app: what the engine says to a stranger to the window. */
export function connectToEngineOf(home: string): Promise<SocketConnection> {
  return eventually(`an engine for ${home}`, () => connectToEngine({ home, face: 'cli', log: recordingLog() }));
}
