import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The folder that `build` fills, kept in the user's cache under a key over `inputs`. Many may ask at once, from many
 * processes: one builds, the others wait. A build that dies leaves nothing that would be taken for a finished one.
 */
export async function cachedGuest(
  name: string,
  inputs: readonly string[],
  build: (folder: string) => void | Promise<void>,
): Promise<string> {
  const folder = folderOf(name, inputs);
  const root = path.dirname(folder);
  const lock = `${folder}.lock`;
  mkdirSync(root, { recursive: true });
  while (!existsSync(folder)) {
    if (!takeLock(lock)) {
      await sleep(100);
      continue;
    }
    const draft = `${folder}.${randomBytes(4).toString('hex')}.new`;
    try {
      if (existsSync(folder)) break;
      removeStale(root, name);
      mkdirSync(draft, { recursive: true });
      await build(draft);
      // Unpacked folders bring their packages' times along.
      utimesSync(draft, new Date(), new Date());
      renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
      rmSync(lock, { force: true });
    }
  }
  return folder;
}

/** True when the guest need not be built. */
export function isGuestCached(name: string, inputs: readonly string[]): boolean {
  return existsSync(folderOf(name, inputs));
}

function folderOf(name: string, inputs: readonly string[]): string {
  const root = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'vigil-test');
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
  return path.join(root, `${name}-${key}`);
}

/** Others of this name that are older than a day: inputs change, and each leaves some megabytes. */
function removeStale(root: string, name: string): void {
  const pattern = new RegExp(`^${name}-[0-9a-f]{16}(\\.[0-9a-f]{8}\\.new)?$`);
  for (const entry of readdirSync(root).filter((candidate) => pattern.test(candidate))) {
    const folder = path.join(root, entry);
    const madeAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - madeAt > 24 * 3_600_000) rmSync(folder, { recursive: true, force: true });
  }
}

/** True when it is ours now. A lock whose owner is gone is broken, and taken in the next round. */
function takeLock(lock: string): boolean {
  try {
    const file = openSync(lock, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const owner = ownerOf(lock);
    if (owner !== null && !isAlive(owner)) rmSync(lock, { force: true });
    return false;
  }
}

/** Null while it is being written, or gone. */
function ownerOf(lock: string): number | null {
  try {
    return Number(readFileSync(lock, 'utf8')) || null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
