import { constants } from 'node:fs';
import { lstat, open, rm, symlink } from 'node:fs/promises';
import { VigilError } from '../../contract/failure.ts';
import type { Processes } from '../../engine/ports/processes.ts';

/**
 * The typing end of a serial console: a named pipe that QEMU itself keeps open both ways, so that typing needs no
 * connection, whoever types and however they leave.
 *
 * The printing end is the log alone, and QEMU's pipe for it leads to nowhere. A socket in its place would hold the guest up
 * as soon as its reader is busy for a few hundred bytes, and put bytes twice into the log.
 */

const makeMs = 5000;

/** `path` as QEMU is told it: it adds the two endings itself. */
export function serialInput(path: string): string {
  return `${path}.in`;
}

/** Makes both ends anew. Only for a machine that has no process. */
export async function prepareSerialPipe(path: string, processes: Pick<Processes, 'run'>): Promise<void> {
  await Promise.all([makePipe(serialInput(path), processes), makeNowhere(`${path}.out`)]);
}

/**
 * Types, whole or not at all. Rejects with `unreachable` when nobody holds the other end, with `refused` when what was typed
 * before has not been read.
 */
export async function typeInto(path: string, bytes: Uint8Array): Promise<void> {
  const { O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  const pipe = await open(serialInput(path), O_WRONLY | O_NONBLOCK | O_NOFOLLOW).catch((cause: unknown) => {
    throw new VigilError('unreachable', 'The serial console of the machine cannot be reached.', { cause });
  });
  try {
    if (!(await pipe.stat()).isFIFO()) throw new VigilError('unreachable', `${serialInput(path)} is no pipe.`);
    await pipe.write(bytes);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    throw new VigilError('refused', 'The machine has not read what was typed before.', {
      hint: 'Nothing in it reads its serial console now.',
      cause: error,
    });
  } finally {
    await pipe.close();
  }
}

async function makePipe(file: string, processes: Pick<Processes, 'run'>): Promise<void> {
  const found = await lstat(file).catch(() => null);
  if (found?.isFIFO() === true && (found.mode & 0o777) === 0o600) return;
  await rm(file, { force: true });
  const { exitCode, stderr } = await processes.run('mkfifo', ['-m', '600', '--', file], { timeoutMs: makeMs });
  if (exitCode !== 0) throw new VigilError('refused', `${file} could not be made: ${stderr.trim()}`);
}

async function makeNowhere(file: string): Promise<void> {
  await rm(file, { force: true });
  await symlink('/dev/null', file);
}
