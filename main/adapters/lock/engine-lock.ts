import { randomBytes } from 'node:crypto';
import { chmod, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EngineLock, engineLockFile } from '../../contract/engine-lock.ts';
import { VigilError } from '../../contract/failure.ts';
import { claimFile, type FileVerdict } from './claim-file.ts';

/** Tells one process from another with the same number; null when no such process lives. */
export type IdentifyProcess = (pid: number) => LivingProcess | null | Promise<LivingProcess | null>;
export interface LivingProcess {
  readonly startTime: number | null;
  readonly bootId: string | null;
}

export interface EngineLockOptions {
  readonly home: string;
  /** What others will read about us. `pid`, `startTime` and `bootId` are this process's own. */
  readonly self: EngineLock;
  readonly identify: IdentifyProcess;
}

export type EngineLockResult =
  /** The home is ours until `release`, which removes our own lock only. */
  { readonly held: true; release(): Promise<void> } | { readonly held: false; readonly owner: EngineLock };

/** A lock that cannot be read may be half a moment old; older than this it is nobody's. */
const unreadableIsStaleMs = 5000;

/**
 * One engine per data home. The lock appears with its content in one step, and a dead owner's lock is replaced in one
 * step by exactly one of those who want it. Throws `conflict` when it could not be settled in time.
 */
export async function acquireEngineLock(options: EngineLockOptions): Promise<EngineLockResult> {
  const file = path.join(options.home, engineLockFile);
  const text = `${JSON.stringify({ ...options.self, at: new Date().toISOString(), mark: randomBytes(8).toString('hex') })}\n`;
  const judge = (found: string): Promise<FileVerdict<EngineLock>> => judgeLock(file, found, options.identify);
  const result = await claimFile({ file, text, judge });
  if (result.kind === 'taken') return { held: false, owner: result.owner };
  if (result.kind === 'unsettled') {
    throw new VigilError('conflict', `${file} could not be taken: ${result.reason}.`, {
      hint: 'Try again in a few seconds.',
    });
  }
  await chmod(file, 0o600);
  return {
    held: true,
    release: async () => {
      // While we live nobody else may replace it, so what is read here is still there a moment later.
      if ((await readText(file)) === text) await rm(file, { force: true });
    },
  };
}

/** Who has the data home, dead or alive; null when nobody has or it cannot be read. */
export async function readEngineLock(home: string): Promise<EngineLock | null> {
  const text = await readText(path.join(home, engineLockFile));
  return text === null ? null : parseLock(text);
}

async function judgeLock(file: string, text: string, identify: IdentifyProcess): Promise<FileVerdict<EngineLock>> {
  const owner = parseLock(text);
  if (owner === null) {
    const found = await stat(file).catch(() => null);
    const ageMs = found === null ? 0 : Date.now() - found.mtimeMs;
    return ageMs > unreadableIsStaleMs ? { kind: 'stale' } : { kind: 'unclear', reason: 'it cannot be read' };
  }
  const living = await identify(owner.pid);
  const lives = living !== null && living.startTime === owner.startTime && living.bootId === owner.bootId;
  return lives ? { kind: 'alive', owner } : { kind: 'stale' };
}

function parseLock(text: string): EngineLock | null {
  try {
    return EngineLock.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}
