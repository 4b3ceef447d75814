import { type ByteReader, DamagedBytes } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * Numbers of one column, packed without loss; NaN stands for "not known". Whole numbers and hundredths are kept as the
 * steps from one to the next, which are short where a value moves little; anything else as it lies in memory.
 */

const kinds = { unknown: 0, whole: 1, hundredths: 2, doubles: 3 } as const;
const kindBits = 3;
const hasGaps = 4;
const isConstant = 8;
/** Steps between numbers of this size still are whole numbers of 52 bits. */
const largest = 2 ** 50;

/** The first `count` of `values`. */
export function writeColumn(writer: ByteWriter, values: Float64Array, count: number): void {
  let known = 0;
  let first = Number.NaN;
  let isSame = true;
  let [areWhole, areHundredths] = [true, true];
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    known += 1;
    if (known === 1) first = value;
    else if (value !== first) isSame = false;
    if (areWhole && !(Math.round(value) === value && value < largest && value > -largest)) areWhole = false;
    if (areHundredths && !isHundredth(value)) areHundredths = false;
  }
  if (known === 0) {
    writer.byte(kinds.unknown);
    return;
  }
  const kind = areWhole ? kinds.whole : areHundredths ? kinds.hundredths : kinds.doubles;
  writer.byte(kind | (known < count ? hasGaps : 0) | (isSame ? isConstant : 0));
  if (known < count) writeKnown(writer, values, count);
  if (isSame) {
    if (kind === kinds.doubles) writer.double(first);
    else writer.signed(Math.round(first * (kind === kinds.whole ? 1 : 100)));
    return;
  }
  if (kind === kinds.doubles) {
    for (let index = 0; index < count; index += 1) {
      const value = values[index] as number;
      if (!Number.isNaN(value)) writer.double(value);
    }
    return;
  }
  const scale = kind === kinds.whole ? 1 : 100;
  let before = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    const step = Math.round(value * scale);
    writer.signed(step - before);
    before = step;
  }
}

/** The same numbers; only -0 comes back as 0. */
export function readColumn(reader: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count).fill(Number.NaN);
  const head = reader.byte();
  const kind = head & kindBits;
  if (head > (kindBits | hasGaps | isConstant)) throw new DamagedBytes('a column is of no kind');
  if (kind === kinds.unknown) return values;
  const known = (head & hasGaps) === 0 ? null : readKnown(reader, count);
  const scale = kind === kinds.hundredths ? 100 : 1;
  const isSame = (head & isConstant) !== 0;
  const only = isSame ? (kind === kinds.doubles ? reader.double() : reader.signed() / scale) : 0;
  let step = 0;
  for (let index = 0; index < count; index += 1) {
    if (known !== null && known[index] === 0) continue;
    if (isSame) values[index] = only;
    else if (kind === kinds.doubles) values[index] = reader.double();
    else {
      step += reader.signed();
      values[index] = step / scale;
    }
  }
  return values;
}

/** Whether it comes back as the same number from a whole number of hundredths. */
function isHundredth(value: number): boolean {
  const step = Math.round(value * 100);
  return step < largest && step > -largest && step / 100 === value;
}

function writeKnown(writer: ByteWriter, values: Float64Array, count: number): void {
  for (let at = 0; at < count; at += 8) {
    let bits = 0;
    for (let bit = 0; bit < 8 && at + bit < count; bit += 1) {
      if (!Number.isNaN(values[at + bit] as number)) bits |= 1 << bit;
    }
    writer.byte(bits);
  }
}

function readKnown(reader: ByteReader, count: number): Uint8Array {
  const known = new Uint8Array(count);
  for (let at = 0; at < count; at += 8) {
    const bits = reader.byte();
    for (let bit = 0; bit < 8 && at + bit < count; bit += 1) known[at + bit] = (bits >> bit) & 1;
  }
  return known;
}
