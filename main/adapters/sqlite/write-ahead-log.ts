import { existsSync, readFileSync } from 'node:fs';

const headBytes = 32;
const frameHeadBytes = 24;
/** The last bit tells the byte order of the checksums. */
const magic = 0x377f0682;

/**
 * Whether a write-ahead log that was left behind holds more than SQLite will take from it. SQLite reads a log up to the
 * first frame that does not fit and drops the rest without a word: right for the torn end that a crash leaves, but after
 * damage further in acknowledged changes would vanish unsaid. The sign of damage is a whole frame of the same log
 * behind the one that does not fit, or a head that does not fit with frames behind it.
 */
export function isLogDamaged(file: string): boolean {
  if (!existsSync(file)) return false;
  const log = readFileSync(file);
  if (log.length < headBytes + frameHeadBytes) return false;
  const isBigEndian = log.readUInt32BE(0) === magic + 1;
  const pageBytes = log.readUInt32BE(8);
  const words = wordsOf(log, isBigEndian);
  const head = checksum(words, 0, 24, [0, 0]);
  const isHeadGood =
    (isBigEndian || log.readUInt32BE(0) === magic) &&
    head[0] === log.readUInt32BE(24) &&
    head[1] === log.readUInt32BE(28);
  if (!isHeadGood) return true;
  let sum: Sum = head;
  let isBroken = false;
  for (let at = headBytes; at + frameHeadBytes + pageBytes <= log.length; at += frameHeadBytes + pageBytes) {
    const isOfThisLog =
      log.readUInt32BE(at + 8) === log.readUInt32BE(16) && log.readUInt32BE(at + 12) === log.readUInt32BE(20);
    if (isBroken) {
      if (isOfThisLog) return true;
      continue;
    }
    sum = checksum(words, at, 8, sum);
    sum = checksum(words, at + frameHeadBytes, pageBytes, sum);
    isBroken = !isOfThisLog || sum[0] !== log.readUInt32BE(at + 16) || sum[1] !== log.readUInt32BE(at + 20);
  }
  return false;
}

type Sum = readonly [number, number];

/**
 * The log as words of 32 bits, in the order of bytes that its checksums are of. A million of them are summed before the
 * database is open: one by one out of the buffer that would take many times as long.
 */
function wordsOf(log: Buffer, isBigEndian: boolean): Uint32Array {
  const whole = Buffer.from(new ArrayBuffer(log.length - (log.length % 4)));
  log.copy(whole);
  // The computers that this runs on have the low byte first.
  if (isBigEndian) whole.swap32();
  return new Uint32Array(whole.buffer);
}

/** SQLite's own: two running sums over pairs of words, of so many bytes from one on. */
function checksum(words: Uint32Array, fromByte: number, bytes: number, start: Sum): Sum {
  let [first, second] = start;
  const end = (fromByte + bytes) / 4;
  for (let at = fromByte / 4; at < end; at += 2) {
    first = (first + (words[at] as number) + second) >>> 0;
    second = (second + (words[at + 1] as number) + first) >>> 0;
  }
  return [first, second];
}
