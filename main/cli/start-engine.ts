import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { VigilError } from '../contract/failure.ts';
import type { StartedEngine } from '../transport/client/engine-client.ts';

const tailBytes = 16_384;
/** Enough for a whole stack, whose first line matters most. */
const tailLines = 24;

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
      logTail: () => readAdded(logFile, size),
    };
  } finally {
    await log.close();
  }
}

/** The last lines beyond `from`: what came before it are an earlier engine's words. */
async function readAdded(file: string, from: number): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return '';
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - tailBytes);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-tailLines).join('\n');
  } finally {
    await handle.close();
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
