import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { VigilError } from '../contract/failure.ts';
import type { StartedEngine } from '../transport/client/engine-client.ts';
import { readTail } from './daemon-logs.ts';

/**
 * Starts the headless engine as a process of its own: own session, no descriptor of ours but its log, so that neither
 * a closing terminal nor a pipe that waits for us keeps one of the two. Throws `unreachable` when it cannot be started.
 */
export async function startHeadlessEngine(entry: string, home: string): Promise<StartedEngine> {
  const logFolder = path.join(home, 'logs');
  // The home itself too: a log folder in a home that others may read would be no secret.
  await mkdir(home, { recursive: true, mode: 0o700 });
  await mkdir(logFolder, { recursive: true, mode: 0o700 });
  const logFile = path.join(logFolder, 'headless.log');
  const log = await open(logFile, 'a', 0o600);
  try {
    await chmod(logFile, 0o600);
    const { size } = await log.stat();
    const child = spawn(process.execPath, [entry, '--home', home], {
      cwd: home,
      detached: true,
      shell: false,
      stdio: ['ignore', log.fd, log.fd],
    });
    let ended: string | null = null;
    child.once('exit', (code, signal) => {
      ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
    });
    await spawned(child);
    child.unref();
    return {
      ended: () => ended,
      logTail: async () => {
        const { lines, end } = await readTail(logFile, 5);
        // Nothing of its own: the lines are an earlier engine's.
        return end <= size ? '' : lines.join('\n');
      },
    };
  } finally {
    await log.close();
  }
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(new VigilError('unreachable', `The engine could not be started: ${cause.message}`, { cause })),
    );
  });
}
