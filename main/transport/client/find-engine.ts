import { readFileSync } from 'node:fs';
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
 * Whether waiting for its socket, or for its end, is worth while. A guess (a stranger may have got the same pid by now),
 * so it decides about waiting only, never about what is removed or signalled.
 */
export function seemsAlive({ pid }: Pick<EngineLock, 'pid'>): boolean {
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Z and X: it has ended and only waits to be collected, for ever where nobody collects.
    return !/^\) [ZX]/i.test(stat.slice(stat.lastIndexOf(')')));
  } catch {
    return false;
  }
}
