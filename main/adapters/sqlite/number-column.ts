import { type ByteReader, DamagedBytes } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * Numbers of one column, packed without loss; NaN stands for "not known". Whole numbers and hundredths are kept as the
 * steps from one to the next, which are short where a value moves little, or as bits above the lowest, whichever is less;
 * anything else as it lies in memory.
 */

const kinds = { unknown: 0, whole: 1, hundredths: 2, doubles: 3 } as const;
const kindBits = 3;
const hasGaps = 4;
const isConstant = 8;
/** Each as so many bits above the lowest of them: shorter than steps where values jump about within bounds. */
const areBits = 16;
const mostBits = 24;
/** Steps between numbers of this size still are whole numbers of 52 bits. */
const largest = 2 ** 50;

/** Of the column at hand: each as a whole number of its unit. Kept, because columns are packed by the thousand. */
let steps = new Float64Array(1024);

/** The first `count` of `values`. */
export function writeColumn(writer: ByteWriter, values: Float64Array, count: number): void {
  if (steps.length < count) steps = new Float64Array(2 * count);
  let known = 0;
  let first = Number.NaN;
  let isSame = true;
  let areWhole = true;
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    known += 1;
    if (known === 1) first = value;
    else if (value !== first) isSame = false;
    if (areWhole && !(Math.floor(value) === value && value < largest && value > -largest)) areWhole = false;
  }
  if (known === 0) {
    writer.byte(kinds.unknown);
    return;
  }
  const kind = areWhole ? kinds.whole : isSame ? kindOf(first) : asHundredths(values, count);
  const whole = kind === kinds.whole ? values : steps;
  const bits = isSame || kind === kinds.doubles ? null : bitsOf(whole, count, known);
  writer.byte(kind | (known < count ? hasGaps : 0) | (isSame ? isConstant : 0) | (bits === null ? 0 : areBits));
  if (known < count) writeKnown(writer, values, count);
  if (bits !== null) {
    writer.signed(bits.lowest);
    writer.byte(bits.width);
    writer.bits(whole, count, bits.lowest, bits.width);
  } else if (isSame) {
    if (kind === kinds.doubles) writer.double(first);
    else writer.signed(Math.round(first * (kind === kinds.whole ? 1 : 100)));
  } else if (kind === kinds.doubles) {
    for (let index = 0; index < count; index += 1) {
      const value = values[index] as number;
      if (!Number.isNaN(value)) writer.double(value);
    }
  } else writer.steps(whole, count);
}

/** By the zero bits in front of a step of 32, how many bytes it takes; looked up, because branches would be guessed wrong. */
const bytesOfStep = Uint8Array.from({ length: 33 }, (_, zeros) =>
  zeros >= 26 ? 1 : zeros >= 19 ? 2 : zeros >= 12 ? 3 : 4,
);

/** Null where steps are no longer than bits. */
function bitsOf(
  whole: Float64Array,
  count: number,
  known: number,
): { readonly lowest: number; readonly width: number } | null {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let before = 0;
  let stepBytes = 0;
  for (let index = 0; index < count; index += 1) {
    const value = whole[index] as number;
    if (Number.isNaN(value)) continue;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    // Where this does not fit 32 bits, what is counted here is not used.
    stepBytes += bytesOfStep[Math.clz32(Math.abs(value - before))] as number;
    before = value;
  }
  if (!(highest - lowest < 2 ** mostBits)) return null;
  const width = 32 - Math.clz32(highest - lowest);
  // The lowest and the width take some bytes, too.
  return Math.ceil((known * width) / 8) + 4 < stepBytes ? { lowest, width } : null;
}

/** Leaves them in `steps`, if hundredths they are. */
function asHundredths(values: Float64Array, count: number): number {
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    const step = Math.round(value * 100);
    steps[index] = step;
    if (step / 100 === value && step < largest && step > -largest) continue;
    if (!Number.isNaN(value)) return kinds.doubles;
  }
  return kinds.hundredths;
}

function kindOf(value: number): number {
  return isHundredth(value) ? kinds.hundredths : kinds.doubles;
}

/** The same numbers; only -0 comes back as 0. */
export function readColumn(reader: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count);
  readColumnInto(values, reader, count);
  return values;
}

/** The same into `count` places of what is there, from one on. */
export function readColumnInto(values: Float64Array, reader: ByteReader, count: number, from = 0): void {
  const head = reader.byte();
  const kind = head & kindBits;
  if (head > (kindBits | hasGaps | isConstant | areBits)) throw new DamagedBytes('a column is of no kind');
  const end = from + count;
  if (kind === kinds.unknown) {
    values.fill(Number.NaN, from, end);
    return;
  }
  const known = (head & hasGaps) === 0 ? null : readKnown(reader, count);
  const scale = kind === kinds.hundredths ? 100 : 1;
  if ((head & areBits) !== 0) {
    const lowest = reader.signed();
    const width = reader.byte();
    if (width > mostBits || kind === kinds.doubles) throw new DamagedBytes('a column is of no width');
    reader.bits(values, from, count, { width, lowest, scale, known });
    return;
  }
  const isSame = (head & isConstant) !== 0;
  const only = isSame ? (kind === kinds.doubles ? reader.double() : reader.signed() / scale) : 0;
  if (isSame && known === null) {
    values.fill(only, from, end);
    return;
  }
  if (known === null && kind !== kinds.doubles) {
    if (steps.length < count) steps = new Float64Array(2 * count);
    reader.manySigned(steps, count);
    for (let index = 0, value = 0; index < count; index += 1) {
      value += steps[index] as number;
      values[from + index] = value / scale;
    }
    return;
  }
  let step = 0;
  for (let index = from; index < end; index += 1) {
    if (known !== null && known[index - from] === 0) values[index] = Number.NaN;
    else if (isSame) values[index] = only;
    else if (kind === kinds.doubles) values[index] = reader.double();
    else {
      step += reader.signed();
      values[index] = step / scale;
    }
  }
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
