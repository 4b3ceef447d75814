import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineLock, engineLockFile } from '../../contract/engine-lock.ts';

/** What `engine.lock` says; null when there is none or it cannot be understood. It may speak of an engine that is dead. */
export async function findEngine(home: string): Promise<EngineLock | null> {
  try {
    const text = await readFile(path.join(home, engineLockFile), 'utf8');
    return EngineLock.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Whether waiting for its socket is worth while. A guess (a stranger may have got the same pid by now), so it decides
 * about waiting only, never about what is removed or signalled.
 */
export function seemsAlive(lock: EngineLock): boolean {
  return process.platform !== 'linux' || existsSync(`/proc/${lock.pid}`);
}
