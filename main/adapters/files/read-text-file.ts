import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export type TextReading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  /** `why` ends a sentence that begins with the file's name. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads a small file that a person may have made: never a device or a pipe, never more than `limitBytes`, never throws. */
export async function readTextFile(file: string, limitBytes: number): Promise<TextReading> {
  try {
    // Without blocking: opening a pipe nobody writes to would wait for ever.
    const handle = await open(file, openFlags);
    try {
      const found = await handle.stat();
      if (!found.isFile()) return { kind: 'unreadable', why: 'is not a file' };
      if (found.size > limitBytes) return tooLarge(limitBytes);
      const expected = Buffer.allocUnsafe(found.size + 1);
      const { bytesRead } = await handle.read(expected, 0, expected.length, 0);
      if (bytesRead > 0 && bytesRead === found.size) return textOf(expected.subarray(0, bytesRead));
      // It changed meanwhile, or is one of those that tell no size.
      const bytes = Buffer.allocUnsafe(limitBytes + 1);
      const length = await fillFrom(handle, bytes);
      if (length > limitBytes) return tooLarge(limitBytes);
      return textOf(bytes.subarray(0, length));
    } finally {
      await handle.close();
    }
  } catch (error) {
    return faultOf(error);
  }
}

/**
 * The same at once, holding up the caller's thread: for many files that are asked for together, of which each takes less
 * time to read than to wait for. Null for one that has to be waited for, because it changes meanwhile or tells no size.
 */
export function readTextFileNow(file: string, limitBytes: number): TextReading | null {
  try {
    const handle = openSync(file, openFlags);
    try {
      const found = fstatSync(handle);
      if (!found.isFile()) return { kind: 'unreadable', why: 'is not a file' };
      if (found.size > limitBytes) return tooLarge(limitBytes);
      const expected = Buffer.allocUnsafe(found.size + 1);
      const length = readSync(handle, expected, 0, expected.length, 0);
      return length > 0 && length === found.size ? textOf(expected.subarray(0, length)) : null;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): TextReading {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return { kind: 'missing' };
  if (code === 'EISDIR') return { kind: 'unreadable', why: 'is a folder' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'unreadable', why: 'may not be read' };
  if (code.startsWith('ERR_ENCODING')) return { kind: 'unreadable', why: 'is not UTF-8 text' };
  return { kind: 'unreadable', why: `cannot be read (${code})` };
}

/** Throws on bytes that are no UTF-8. */
function textOf(bytes: Uint8Array): TextReading {
  return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
}

function tooLarge(limitBytes: number): TextReading {
  return { kind: 'unreadable', why: `is larger than ${limitBytes / 1024} KiB` };
}

const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** From the beginning of the file. */
async function fillFrom(handle: FileHandle, bytes: Buffer): Promise<number> {
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
