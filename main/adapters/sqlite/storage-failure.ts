import { statfsSync } from 'node:fs';
import path from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { WorkerDuty } from './worker-messages.ts';

/** What an error of SQLite or of the file system means for `state.db`. */
export type StorageTrouble = 'full' | 'unwritable' | 'busy' | 'damaged' | 'other';

export function troubleOf(error: unknown): StorageTrouble {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  if (
    code.startsWith('SQLITE_IOERR') ||
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    ['EIO', 'EROFS', 'EACCES', 'EPERM'].includes(code)
  )
    return 'unwritable';
  return 'other';
}

/** As a sentence for the person whose disk it is. Anything that is no trouble of the disk stays what it was. */
export function storageFailure(error: unknown, home: string, duty: WorkerDuty = 'state'): unknown {
  if (error instanceof VigilError) return error;
  const free = freeBytes(home);
  const room = free === null ? '' : ` (${free} bytes free)`;
  switch (troubleOf(error)) {
    case 'full':
      return new VigilError('refused', `The disk that holds ${home} is full${room}; nothing was changed.`, {
        hint: 'Free some space on it; Vigil goes on by itself.',
        cause: error,
      });
    case 'unwritable':
      return new VigilError(
        'refused',
        `The ${duty} database in ${home} cannot be written: ${codeOf(error)}${room}; nothing was changed.`,
        { hint: 'Look at the disk and at the rights of the folder; Vigil tries again by itself.', cause: error },
      );
    case 'busy':
      return new VigilError('conflict', `Another program holds ${path.join(home, `${duty}.db`)}.`, {
        hint: 'One engine per data home: end the other one, or use another --home.',
        cause: error,
      });
    case 'damaged':
      return new VigilError('refused', `The state database in ${home} is damaged; it is opened anew at the next use.`, {
        hint: 'The newest good backup takes its place; the damaged file is kept.',
        cause: error,
      });
    case 'other':
      return error;
  }
}

/** Free for us on the file system of a folder; null when it does not say. */
export function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  if (error !== null && typeof error === 'object' && 'code' in error && typeof error.code === 'string')
    return error.code;
  return '';
}
