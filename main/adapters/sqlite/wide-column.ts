import { DamagedBytes } from './byte-reader.ts';

/**
 * Numbers of one column, packed without loss and above all quickly; NaN stands for "not known". Whole numbers and
 * hundredths are kept as what they are above the lowest of them, each in one, two or four bytes; anything else as it lies
 * in memory. In the order of bytes of the computers that this runs on, the low ones first.
 */

/** Of a column: what it is, how wide a number is, and the lowest. */
const headBytes = 16;
const kinds = { doubles: 0, whole: 1, hundredths: 2 } as const;
/** Numbers of this size still are whole, as hundredths too. */
const largest = 2 ** 50;
/** A number of the packed column that stands for none. */
const unknown = 0;

let steps = new Float64Array(1024);

/** The most bytes that a column of so many numbers takes. */
export function columnRoom(count: number): number {
  return headBytes + evenly(count * 8) + 4;
}

/** The first `count` of `values`, at a place that is a multiple of 4; where the next one may begin is the answer. */
export function writeWideColumn(to: ArrayBuffer, at: number, values: Float64Array, count: number): number {
  if (steps.length < count) steps = new Float64Array(2 * count);
  let kind: number = kinds.whole;
  let range = wholeRange(values, count);
  if (range === null) {
    kind = kinds.hundredths;
    range = hundredthRange(values, count);
  }
  const begin = at + headBytes;
  const width = range === null ? 8 : range.most < 0xff ? 1 : range.most < 0xffff ? 2 : range.most < 0xffff_ffff ? 4 : 8;
  const head = new DataView(to, at, headBytes);
  head.setUint32(0, width === 8 ? kinds.doubles : kind, true);
  head.setUint32(4, width, true);
  head.setFloat64(8, range?.lowest ?? 0, true);
  if (range === null || width === 8) {
    new Uint8Array(to, begin, count * 8).set(new Uint8Array(values.buffer, values.byteOffset, count * 8));
    return begin + count * 8;
  }
  // What is not known wraps round to 0.
  const base = range.lowest - 1;
  const from = kind === kinds.whole ? values : steps;
  if (width === 1) writeSteps(new Uint8Array(to, begin, count), from, base);
  else if (width === 2) writeSteps(new Uint16Array(to, begin, count), from, base);
  else writeSteps(new Uint32Array(to, begin, count), from, base);
  return begin + evenly(count * width);
}

/** Into the first `count` of `values`; where the next one may begin is the answer. */
export function readWideColumn(values: Float64Array, from: ArrayBuffer, at: number, count: number): number {
  if (at + headBytes > from.byteLength) throw new DamagedBytes('it ends too early');
  const head = new DataView(from, at, headBytes);
  const [kind, width, lowest] = [head.getUint32(0, true), head.getUint32(4, true), head.getFloat64(8, true)];
  const begin = at + headBytes;
  if (count > (from.byteLength - begin) / Math.max(1, width)) throw new DamagedBytes('it ends too early');
  if (kind === kinds.doubles && width === 8) {
    new Uint8Array(values.buffer, values.byteOffset, count * 8).set(new Uint8Array(from, begin, count * 8));
    return begin + count * 8;
  }
  if (kind !== kinds.whole && kind !== kinds.hundredths) throw new DamagedBytes('a column is of no kind');
  if (width !== 1 && width !== 2 && width !== 4) throw new DamagedBytes('a column is of no width');
  const packed = new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width](from, begin, count);
  const scale = kind === kinds.hundredths ? 100 : 1;
  for (let index = 0; index < count; index += 1) {
    const step = packed[index] as number;
    values[index] = step === unknown ? Number.NaN : (step + lowest - 1) / scale;
  }
  return begin + evenly(count * width);
}

interface Range {
  readonly lowest: number;
  /** From the lowest to the highest, and one more for what is not known. */
  readonly most: number;
}

/** Null when one of them is no whole number. */
function wholeRange(values: Float64Array, count: number): Range | null {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    if (Math.floor(value) !== value) {
      if (Number.isNaN(value)) continue;
      return null;
    }
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return rangeOf(lowest, highest);
}

/** The same in hundredths, which are left in `steps`. */
function hundredthRange(values: Float64Array, count: number): Range | null {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < count; index += 1) {
    const value = values[index] as number;
    const step = Math.round(value * 100);
    steps[index] = step;
    if (step / 100 !== value) {
      if (Number.isNaN(value)) continue;
      return null;
    }
    if (step < lowest) lowest = step;
    if (step > highest) highest = step;
  }
  return rangeOf(lowest, highest);
}

function rangeOf(lowest: number, highest: number): Range | null {
  // None of them is known.
  if (lowest > highest) return { lowest: 0, most: 0 };
  return lowest > -largest && highest < largest ? { lowest, most: highest - lowest + 1 } : null;
}

/** Separately for each width, so that the loop knows what it writes to. */
function writeSteps(to: Uint8Array | Uint16Array | Uint32Array, from: Float64Array, base: number): void {
  for (let index = 0; index < to.length; index += 1) {
    const step = (from[index] as number) - base;
    to[index] = Number.isNaN(step) ? unknown : step;
  }
}

function evenly(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
