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
  const head = checksum(log.subarray(0, 24), [0, 0], isBigEndian);
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
    sum = checksum(log.subarray(at, at + 8), sum, isBigEndian);
    sum = checksum(log.subarray(at + frameHeadBytes, at + frameHeadBytes + pageBytes), sum, isBigEndian);
    isBroken = !isOfThisLog || sum[0] !== log.readUInt32BE(at + 16) || sum[1] !== log.readUInt32BE(at + 20);
  }
  return false;
}

type Sum = readonly [number, number];

/** SQLite's own: two running sums over pairs of 32-bit words. */
function checksum(bytes: Buffer, start: Sum, isBigEndian: boolean): Sum {
  let [first, second] = start;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const one = isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const two = isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    first = (first + one + second) >>> 0;
    second = (second + two + first) >>> 0;
  }
  return [first, second];
}
