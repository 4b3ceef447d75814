import { constants } from 'node:fs';
import { chmod, type FileHandle, open, rename, stat } from 'node:fs/promises';
import type { LogText } from '../../contract/calls.ts';

/** The serial console's log. QEMU appends to it; what the guest wrote is untrusted bytes. */

const maxLogBytes = 16 * 1024 * 1024;
const tailLines = 40;
const tailBytes = 8 * 1024;

/**
 * Makes the log ready for a run: there, private, and not too long (a long one moves aside, in place of the one before).
 * Tells where the run's own text begins.
 */
export async function prepareConsoleLog(path: string): Promise<number> {
  const size = await sizeOf(path);
  if (size > maxLogBytes) await rename(path, `${path}.1`);
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
    await chmod(path, 0o600);
  }
}

/** Part of the log; without `from` its end. Never cuts a character in two. An absent log is an empty one. */
export async function readLog(path: string, from: number | undefined, limit: number): Promise<LogText> {
  return withFile(path, { text: '', from: 0, to: 0, size: 0 }, async (file) => {
    const { size } = await file.stat();
    const begin = Math.min(from ?? Math.max(0, size - limit), size);
    const bytes = await readBytes(file, begin, Math.min(limit, size - begin));
    // Only a begin of our own choosing may move: a caller's `from` is where its last reading ended.
    const skipped = from === undefined && begin > 0 ? continuationBytesAtStart(bytes) : 0;
    const kept = bytes.subarray(skipped, bytes.length - unfinishedBytesAtEnd(bytes.subarray(skipped)));
    const start = begin + skipped;
    return { text: kept.toString('utf8'), from: start, to: start + kept.length, size };
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

async function withFile<T>(path: string, absent: T, read: (file: FileHandle) => Promise<T>): Promise<T> {
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

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (length <= 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
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
