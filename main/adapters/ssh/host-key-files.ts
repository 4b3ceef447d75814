import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { SshTarget } from '../../engine/ports/ssh.ts';
import {
  type KnownHost,
  type KnownHostsEntry,
  keyTypeOfBlob,
  knownHost,
  knownHostName,
  matchesHost,
  parseKnownHosts,
} from './known-hosts.ts';

/** The known_hosts files: those of the account and of the computer, read only, and our own. */
export interface HostKeyFiles {
  /** Rejects with `refused` when a file is there but cannot be read: a key in it may be a revoked one. */
  lookUp(target: SshTarget): Promise<KnownHost>;
  /** Adds a key to our own file, durably; false when another key was remembered in the meantime. */
  remember(target: SshTarget, key: Buffer): Promise<boolean>;
  /** Our own file is there, readable by us alone. */
  layOut(): Promise<void>;
}

const largestFileBytes = 8 * 1024 * 1024;
const rememberedLookUps = 2000;

interface ReadFile {
  readonly stamp: string;
  readonly entries: readonly KnownHostsEntry[];
  /** Hashed names cost a digest per line and name, so that answers are kept while the file stays as it is. */
  readonly found: Map<string, readonly KnownHostsEntry[]>;
}

/** `readOnly` are read besides `own`. */
export function createHostKeyFiles(own: string, readOnly: readonly string[]): HostKeyFiles {
  const files = new Map<string, ReadFile>();
  let writes: Promise<unknown> = Promise.resolve();

  const load = async (file: string): Promise<ReadFile | null> => {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const known = files.get(file);
      if (known?.stamp === stamp) return known;
      if (size > largestFileBytes) throw new Error(`larger than ${largestFileBytes} bytes`);
      const read = { stamp, entries: parseKnownHosts(await readFile(file, 'utf8')), found: new Map() };
      files.set(file, read);
      return read;
    } catch (cause) {
      files.delete(file);
      if (isMissing(cause)) return null;
      throw new VigilError('refused', `${file} cannot be read, so no host key can be judged.`, { cause });
    }
  };
  const lookUp = async (target: SshTarget): Promise<KnownHost> => {
    const loaded = await Promise.all([...readOnly, own].map(load));
    const entriesOf = (name: string) => loaded.flatMap((file) => (file === null ? [] : findIn(file, name)));
    const name = nameOf(target);
    const bare = target.hostKeyAlias === null ? target.host.toLowerCase() : name;
    return knownHost(entriesOf(name), bare === name ? [] : entriesOf(bare));
  };
  const remember = async (target: SshTarget, key: Buffer): Promise<boolean> => {
    const verdict = (await lookUp(target)).judge(key);
    if (verdict !== 'unknown') return verdict === 'trusted';
    const before = await readFile(own, 'utf8').catch((cause) => {
      if (isMissing(cause)) return '';
      throw cause;
    });
    const gap = before === '' || before.endsWith('\n') ? '' : '\n';
    const line = `${nameOf(target)} ${keyTypeOfBlob(key)} ${key.toString('base64')}\n`;
    await writeWhole(own, `${before}${gap}${line}`);
    return true;
  };
  return {
    lookUp,
    layOut: async () => {
      const handle = await open(own, 'a', 0o600);
      try {
        const { mode } = await handle.stat();
        if ((mode & 0o077) !== 0) await handle.chmod(0o600);
      } finally {
        await handle.close();
      }
    },
    remember: (target, key) => {
      // One after another: two guests that are first seen together must not overwrite each other's line.
      const result = writes.then(() => remember(target, key));
      writes = result.catch(() => undefined);
      return result;
    },
  };
}

/** What OpenSSH reads for this account. */
export function usualKnownHostsFiles(): readonly string[] {
  const folders = [path.join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'];
  return folders.flatMap((file) => [file, `${file}2`]);
}

function nameOf(target: SshTarget): string {
  // An alias stands for the host as a whole, port included.
  return target.hostKeyAlias?.toLowerCase() ?? knownHostName(target.host, target.port);
}

function findIn(file: ReadFile, name: string): readonly KnownHostsEntry[] {
  const known = file.found.get(name);
  if (known !== undefined) return known;
  const found = file.entries.filter((entry) => matchesHost(entry, name));
  if (file.found.size >= rememberedLookUps) file.found.clear();
  file.found.set(name, found);
  return found;
}

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
