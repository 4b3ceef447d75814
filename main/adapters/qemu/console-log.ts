import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  type FileHandle,
  open,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import type { LogText } from '../../contract/calls.ts';

/**
 * The serial console's log. QEMU appends to it, also while no engine runs; what the guest wrote is untrusted bytes. It is
 * kept in bounds by giving its oldest blocks back to the file system, under QEMU's hands and without losing a byte of the
 * rest: offsets stay true for the life of the machine. Where the kept part begins is written beside it.
 */

/** So much is kept of a log that has become longer than `longestBytes`. */
export const keptBytes = 16 * 1024 * 1024;
export const longestBytes = 24 * 1024 * 1024;
const blockBytes = 4096;
const tailLines = 40;
const tailBytes = 8 * 1024;

/** Gives the first bytes of a file back to the file system, as a hole; rejects where that cannot be done. */
export type MakeHole = (path: string, length: number) => Promise<void>;

export interface LogBytes {
  readonly bytes: Buffer;
  readonly from: number;
  /** Oldest byte that is kept. */
  readonly oldest: number;
  readonly size: number;
}

/** Makes the log ready for a run: there and private. Tells where the run's own text begins. */
export async function prepareConsoleLog(path: string): Promise<number> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
    await chmod(path, 0o600);
  }
}

/**
 * Forgets the oldest part of a log that has become too long. Where the file system takes no holes its end is kept in
 * `NAME.1` and the log begins anew; what is written in that very moment is lost there, and only there.
 */
export async function trimConsoleLog(path: string, makeHole: MakeHole): Promise<void> {
  const size = await sizeOf(path);
  const oldest = await oldestByte(path, size);
  if (size - oldest <= longestBytes) return;
  const begin = Math.floor((size - keptBytes) / blockBytes) * blockBytes;
  // First the mark: if we end here, the next turn makes the hole.
  await writeMark(path, begin);
  try {
    await makeHole(path, begin);
  } catch {
    await moveAside(path);
  }
}

/** Part of the log; without `from` its end. Never cuts a character in two. An absent log is an empty one. */
export async function readLog(path: string, from: number | undefined, limit: number): Promise<LogText> {
  const { bytes, from: begin, size } = await readLogBytes(path, from, limit);
  // Only a begin of our own choosing may move: a caller's `from` is where its last reading ended.
  const skipped = from === undefined && begin > 0 ? continuationBytesAtStart(bytes) : 0;
  const kept = bytes.subarray(skipped, bytes.length - unfinishedBytesAtEnd(bytes.subarray(skipped)));
  const start = begin + skipped;
  return { text: kept.toString('utf8'), from: start, to: start + kept.length, size };
}

/** The same byte by byte. A `from` that lies before what is kept moves to its begin; one beyond the end is the end. */
export async function readLogBytes(path: string, from: number | undefined, limit: number): Promise<LogBytes> {
  return withFile(path, { bytes: Buffer.alloc(0), from: 0, oldest: 0, size: 0 }, async (file) => {
    const { size } = await file.stat();
    const oldest = await oldestByte(path, size);
    const begin = Math.max(oldest, Math.min(from ?? Math.max(0, size - limit), size));
    return { bytes: await readBytes(file, begin, Math.min(limit, size - begin)), from: begin, oldest, size };
  });
}

/** The last 40 lines written since `from`, at most 8 KiB. */
export async function tailOf(path: string, from = 0): Promise<string> {
  return withFile(path, '', async (file) => {
    const { size } = await file.stat();
    // A log shorter than at the run's start was emptied meanwhile: all of it is new.
    const begin = Math.max(from > size ? 0 : from, size - tailBytes);
    const bytes = await readBytes(file, begin, size - begin);
    const text = bytes.subarray(continuationBytesAtStart(bytes)).toString('utf8');
    return text.trimEnd().split('\n').slice(-tailLines).join('\n');
  });
}

/** Runs `read` on the file; `absent` when there is none that we may read. Never follows a link. */
export async function withFile<T>(path: string, absent: T, read: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return absent;
  }
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

export async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (length <= 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Where the kept part of a log of this size begins. */
export async function oldestByte(path: string, size: number): Promise<number> {
  const text = await readFile(markOf(path), 'utf8').catch(() => '0');
  const begin = /^\d{1,15}$/.test(text.trim()) ? Number(text) : 0;
  // A mark beyond the end speaks of another log than this one.
  return begin > size ? 0 : begin;
}

function markOf(path: string): string {
  return `${path}.begin`;
}

async function writeMark(path: string, begin: number): Promise<void> {
  const draft = `${markOf(path)}.new`;
  await writeFile(draft, `${begin}\n`, { mode: 0o600 });
  await rename(draft, markOf(path));
}

async function moveAside(path: string): Promise<void> {
  await copyFile(path, `${path}.1`);
  await truncate(path, 0);
  await rm(markOf(path), { force: true });
  await chmod(`${path}.1`, 0o600);
}

function continuationBytesAtStart(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && count < bytes.length && isContinuation(bytes[count])) count += 1;
  return count;
}

/** Bytes of a character whose rest is still to come; 0 when they can never become one. */
function unfinishedBytesAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back < bytes.length; back += 1) {
    const unit = bytes[bytes.length - back] ?? 0;
    if (isContinuation(unit)) continue;
    const length = unit >= 0xf0 ? 4 : unit >= 0xe0 ? 3 : unit >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function isContinuation(unit: number | undefined): boolean {
  return unit !== undefined && (unit & 0xc0) === 0x80;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
