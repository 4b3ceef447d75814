import { chmod, lstat, mkdir, stat, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { VigilError } from '../contract/failure.ts';

/** The kernel's limit for a socket's path is 108 bytes on Linux and 104 on macOS, its closing zero included. */
export const socketPathLimitBytes = 103;
const probeMs = 1_000;

/**
 * Makes the place for a socket: its folder exists, is a real folder of ours and 0700, and nothing lies at the path.
 * A leftover socket is removed only after a connect to it was refused. The caller must already hold the engine lock:
 * a refused connect alone does not prove that its owner is dead.
 * Throws `conflict` when something answers there or when the path holds anything that is no socket.
 */
export async function prepareSocketPath(socketPath: string): Promise<void> {
  if (Buffer.byteLength(socketPath) > socketPathLimitBytes) {
    const sentence = `The path of the engine's socket is longer than ${socketPathLimitBytes} bytes: ${socketPath}`;
    throw new VigilError('refused', sentence, { hint: 'Use a data home with a shorter path.' });
  }
  await prepareFolder(path.dirname(socketPath));
  const found = await lstat(socketPath).catch(nullWhenAbsent);
  if (found === null) return;
  if (!found.isSocket()) {
    throw new VigilError('conflict', `${socketPath} is in the way: it is not a socket.`, {
      hint: 'Move it elsewhere.',
    });
  }
  const verdict = await probe(socketPath);
  if (verdict === 'gone') return;
  if (verdict !== 'refused') {
    throw new VigilError('conflict', `Something else already listens at ${socketPath}.`);
  }
  await unlink(socketPath).catch(nullWhenAbsent);
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await refuseSharedParent(path.dirname(folder));
  const found = await lstat(folder);
  // A symbolic link could lead into a folder that others write to.
  if (!found.isDirectory()) throw new VigilError('conflict', `${folder} is not a folder of its own.`);
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) throw new VigilError('refused', `${folder} belongs to another user.`);
  if ((found.mode & 0o777) !== 0o700) await chmod(folder, 0o700);
}

/** Whoever may rename our folder may put another in its place. The sticky bit, as on `/tmp`, keeps others from it. */
async function refuseSharedParent(parent: string): Promise<void> {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  for (const found of [await lstat(parent), await stat(parent)]) {
    const isTrusted = found.uid === uid || found.uid === 0;
    const isShared = found.isDirectory() && (found.mode & 0o022) !== 0 && (found.mode & 0o1000) === 0;
    if (isTrusted && !isShared) continue;
    throw new VigilError(
      'refused',
      `${parent} can be changed by other users, so the engine's socket cannot lie in it.`,
      {
        hint: `Remove ${parent}, or make it yours alone (mode 0700).`,
      },
    );
  }
}

/** Whether anyone answers at a socket. */
function probe(socketPath: string): Promise<'answers' | 'refused' | 'gone' | 'unclear'> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    const settle = (verdict: 'answers' | 'refused' | 'gone' | 'unclear') => {
      socket.destroy();
      resolve(verdict);
    };
    socket.setTimeout(probeMs, () => settle('unclear'));
    socket.once('connect', () => settle('answers'));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      settle(error.code === 'ECONNREFUSED' ? 'refused' : error.code === 'ENOENT' ? 'gone' : 'unclear');
    });
  });
}

function nullWhenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
