import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export type FileVerdict<Owner> =
  | { readonly kind: 'alive'; readonly owner: Owner }
  | { readonly kind: 'stale' }
  | { readonly kind: 'unclear'; readonly reason: string };

export type ClaimResult<Owner> =
  | { readonly kind: 'ours' }
  | { readonly kind: 'taken'; readonly owner: Owner }
  | { readonly kind: 'unsettled'; readonly reason: string };

export interface ClaimOptions<Owner> {
  readonly file: string;
  /** Unlike any other claimant's. */
  readonly text: string;
  /** Whether the writer of what was found still lives. */
  judge(text: string): Promise<FileVerdict<Owner>>;
}

const attempts = 150;
const pauseMs = 20;
/** A claimant may die while it replaces a dead one's claim; more than a few in a row do not. */
const deepest = 4;

/**
 * Makes a file that says who has something, or finds out who has it. Guarantees:
 * 1. The file never appears without its whole content.
 * 2. A stale file is replaced only by whoever first claimed the right to do so, under a name made from that very content
 *    (`FILE.after-HASH`). Two cannot both replace it, and nobody can replace what came after it: a claim that was won too
 *    late finds another content and changes nothing. Removing a stale file first, as one is tempted to, takes away the
 *    lock of whoever was faster.
 * 3. A claimant that died is itself replaced in the same way.
 */
export async function claimFile<Owner>(options: ClaimOptions<Owner>, depth = 0): Promise<ClaimResult<Owner>> {
  const { file, text } = options;
  const temporary = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  await writeWhole(temporary, text);
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (await linkUnlessTaken(temporary, file)) return { kind: 'ours' };
      const found = await readOrNull(file);
      if (found === null) continue;
      const verdict = await options.judge(found);
      if (verdict.kind === 'alive') return { kind: 'taken', owner: verdict.owner };
      // No writer of ours leaves half a file, so waiting would not make it whole.
      if (verdict.kind === 'unclear') return { kind: 'unsettled', reason: verdict.reason };
      if (await replaceStale(options, found, temporary, depth)) return { kind: 'ours' };
      await wait(pauseMs);
    }
    return { kind: 'unsettled', reason: 'others were busy with it' };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** True when the stale content is gone and ours stands in its place. */
async function replaceStale<Owner>(
  options: ClaimOptions<Owner>,
  stale: string,
  temporary: string,
  depth: number,
): Promise<boolean> {
  const { file, text } = options;
  if (depth >= deepest) return false;
  const right = `${file}.after-${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
  const claim = await claimFile({ ...options, file: right }, depth + 1);
  if (claim.kind !== 'ours') return false;
  try {
    // Only the holder of the right changes a file with this content, so it cannot change between these two lines.
    if ((await readOrNull(file)) !== stale) return false;
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
    return true;
  } finally {
    if ((await readOrNull(right)) === text) await rm(right, { force: true });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function linkUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
