import { stripVTControlCharacters } from 'node:util';
import type { ConsoleMatch, ConsoleMatches } from '../../contract/console.ts';
import type { ConsoleQuery } from '../../engine/ports/machine-console.ts';
import { oldestByte, readBytes, withFile } from './console-log.ts';

const chunkBytes = 256 * 1024;
/** A line without an end is cut here, so that memory stays bounded whatever the guest prints. */
const longestLineBytes = 64 * 1024;
const shownCharacters = 400;
const newline = 0x0a;

/**
 * Lines of a log that hold a text, newest first. The log is read from its begin in pieces, so that lines can be counted;
 * only the newest matches are kept. Escape sequences do not hide a text, and are no part of it.
 */
export async function searchLog(path: string, query: Omit<ConsoleQuery, 'from'>, from = 0): Promise<ConsoleMatches> {
  return withFile(path, { matches: [], more: false }, async (file) => {
    const { size } = await file.stat();
    const end = Math.min(query.before ?? size, size);
    const wanted = query.text.toLowerCase();
    const found: ConsoleMatch[] = [];
    let more = false;
    let lines = 0;
    let rest = Buffer.alloc(0);
    // A log shorter than at that moment was emptied meanwhile: all of it is new.
    const begun = from > size ? 0 : from;
    for (let position = Math.max(await oldestByte(path, size), begun); position < size; ) {
      const chunk = await readBytes(file, position, Math.min(chunkBytes, size - position));
      if (chunk.length === 0) break;
      const begin = position - rest.length;
      if (begin >= end) break;
      position += chunk.length;
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const isLast = position >= size;
      const cut =
        isLast || bytes.length > longestLineBytes + chunkBytes ? bytes.length : bytes.lastIndexOf(newline) + 1;
      const whole = bytes.subarray(0, cut);
      rest = Buffer.from(bytes.subarray(cut));
      if (!plain(whole).toLowerCase().includes(wanted)) {
        lines += countLines(whole);
        continue;
      }
      for (const line of linesOf(whole)) {
        lines += 1;
        const from = begin + line.from;
        if (from >= end) break;
        const text = plain(line.bytes);
        if (!text.toLowerCase().includes(wanted)) continue;
        found.push({ line: lines, from, text: text.slice(0, shownCharacters) });
        if (found.length > query.limit) {
          found.shift();
          more = true;
        }
      }
    }
    return { matches: found.reverse(), more };
  });
}

function plain(bytes: Buffer): string {
  return stripVTControlCharacters(bytes.toString('utf8')).replaceAll('\r', '');
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

function* linesOf(bytes: Buffer): Generator<{ readonly from: number; readonly bytes: Buffer }> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(newline, from);
    const next = end < 0 ? bytes.length : end + 1;
    yield { from, bytes: bytes.subarray(from, end < 0 ? next : end) };
    from = next;
  }
}
