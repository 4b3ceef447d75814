import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isLogDamaged } from '../../../../main/adapters/sqlite/write-ahead-log.ts';

const pageBytes = 512;
const headBytes = 32;
const frameBytes = 24 + pageBytes;

/** A log as SQLite writes it: a head, and frames whose checksums go on from one to the next. */
function logOf(frames: number, isBigEndian: boolean): Buffer {
  const log = Buffer.alloc(headBytes + frames * frameBytes);
  const sums = (begin: number, end: number, start: readonly [number, number]): [number, number] => {
    let [first, second] = start;
    const word = (at: number): number => (isBigEndian ? log.readUInt32BE(at) : log.readUInt32LE(at));
    for (let at = begin; at < end; at += 8) {
      first = (first + word(at) + second) % 2 ** 32;
      second = (second + word(at + 4) + first) % 2 ** 32;
    }
    return [first, second];
  };
  const put = (at: number, words: readonly number[]): void => {
    for (const [index, word] of words.entries()) log.writeUInt32BE(word, at + 4 * index);
  };
  put(0, [0x377f0682 + (isBigEndian ? 1 : 0), 3007000, pageBytes, 7, 0x12345678, 0x9abcdef0]);
  let sum = sums(0, 24, [0, 0]);
  put(24, sum);
  for (let frame = 0; frame < frames; frame += 1) {
    const at = headBytes + frame * frameBytes;
    put(at, [frame + 1, frame + 1, 0x12345678, 0x9abcdef0]);
    for (let byte = 0; byte < pageBytes; byte += 1) log[at + 24 + byte] = (frame * 31 + byte * 7) % 251;
    sum = sums(at + 24, at + frameBytes, sums(at, at + 8, sum));
    put(at + 16, sum);
  }
  return log;
}

describe.each([false, true])('a log with the words of a computer whose high byte is first: %s', (isBigEndian) => {
  const judged = (change: (log: Buffer) => Buffer): boolean => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vigil-log-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'log');
    writeFileSync(file, change(logOf(4, isBigEndian)));
    return isLogDamaged(file);
  };
  const flipped = (at: number) => (log: Buffer) => {
    log[at] = (log[at] ?? 0) ^ 1;
    return log;
  };

  it('is whole as it was written', () => expect(judged((log) => log)).toBe(false));
  it('is whole when it was cut off within its last frame', () =>
    expect(judged((log) => log.subarray(0, -101))).toBe(false));
  it('is whole when its last frame is torn', () =>
    expect(judged(flipped(headBytes + 3 * frameBytes + 99))).toBe(false));
  it('is damaged when a frame within it is', () => expect(judged(flipped(headBytes + frameBytes + 99))).toBe(true));
  it('is damaged when its head is', () => expect(judged(flipped(9))).toBe(true));
});
