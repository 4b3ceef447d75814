import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { VigilError } from '../../contract/failure.ts';

/**
 * Writes a file whole, mode 0600 unless another is given: after a crash there is the old text or the new one. Durable when it resolves.
 * Throws `refused` with a sentence that names the file; then the old file is as it was and nothing lies beside it.
 */
export async function writeFileDurably(file: string, text: string, mode = 0o600): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(file, error);
  }
}

const temporaryName = /^\..+\.[0-9a-f]{12}\.tmp$/;

/**
 * Removes what a writer that was killed left in a folder. Only for whoever alone writes there: the engine that has just
 * taken the data home.
 */
export async function removeHalfWritten(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((candidate) => temporaryName.test(candidate))) {
    await rm(path.join(folder, name), { force: true });
  }
}

/** A name that comes or goes is durable only when its folder is. Windows opens no folders and needs no second step. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

function unwritable(file: string, error: unknown): VigilError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'the disk is full'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'it may not be written'
        : `the system says ${code}`;
  return new VigilError('refused', `${file} could not be written: ${why}.`, { cause: error });
}
