import { crc32 } from 'node:zlib';
import { ByteReader, DamagedBytes } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readColumnInto, writeColumn } from './number-column.ts';
import { SampleTable } from './sample-table.ts';

/**
 * Samples as packed bytes: a version, how many, their moments, why readings failed, the values column by column, and a
 * checksum over all of it, so that damage is told from data.
 */

export const version = 1;
const checksumBytes = 4;
const writer = new ByteWriter();
/** Of the block at hand: how much each step of its moments differs from the one before. */
let changes = new Float64Array(256);

/** The samples of a table. Good until the next block is packed. */
export function packBlock(table: SampleTable): Buffer {
  writer.clear();
  writer.byte(version);
  writer.unsigned(table.count);
  writeMoments(table);
  writeReasons(writer, table.reasons, table.count);
  for (const column of table.metrics) writeColumn(writer, column, table.count);
  writer.uint32(crc32(writer.written()));
  return writer.written();
}

/**
 * Behind the samples of `into`, which are older, or in a table of their own. Throws `DamagedBytes` unless it is as it was
 * packed; `into` then has what it had.
 */
export function unpackBlock(bytes: Buffer, into?: SampleTable): SampleTable {
  const reader = readerOf(bytes, 1);
  if (bytes[0] !== version) throw new DamagedBytes(`it is of version ${bytes[0]}`);
  const count = reader.count();
  const table = into ?? new SampleTable(Math.max(1, count));
  const from = table.count;
  table.makeRoom(from + count);
  readMoments(reader, table.at, from, count);
  const reasons = readReasons(reader, count);
  for (const column of table.metrics) readColumnInto(column, reader, count, from);
  table.extend(count, reasons);
  return table;
}

/** Reads from a place on, once the checksum at the end fits. */
export function readerOf(bytes: Buffer, from: number): ByteReader {
  const end = bytes.length - checksumBytes;
  if (end < 2 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
    throw new DamagedBytes('its checksum does not fit');
  }
  const reader = new ByteReader(bytes, end);
  reader.pass(Math.min(from, end));
  return reader;
}

/** How much each step differs from the one before: nothing, for readings on the beat. */
function writeMoments(table: SampleTable): void {
  let [before, step] = [0, 0];
  for (let index = 0; index < table.count; index += 1) {
    const at = table.at[index] as number;
    writer.signed(at - before - step);
    step = index === 0 ? 0 : at - before;
    before = at;
  }
}

function readMoments(reader: ByteReader, at: Float64Array, from: number, count: number): void {
  if (changes.length < count) changes = new Float64Array(2 * count);
  reader.manySigned(changes, count);
  let [before, step] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const next = before + step + (changes[index] as number);
    step = index === 0 ? 0 : next - before;
    before = next;
    at[from + index] = next;
  }
}

/** Each reason once, and by its number for every sample; number 0 stands for none. */
export function writeReasons(to: ByteWriter, reasons: SampleTable['reasons'], count: number): void {
  const words = new Map<string, number>();
  for (const reason of reasons ?? []) {
    if (reason !== null && !words.has(reason)) words.set(reason, words.size + 1);
  }
  to.unsigned(words.size);
  if (words.size === 0) return;
  for (const word of words.keys()) to.text(word);
  for (let index = 0; index < count; index += 1) {
    const reason = reasons?.[index] ?? null;
    to.unsigned(reason === null ? 0 : (words.get(reason) ?? 0));
  }
}

export function readReasons(reader: ByteReader, count: number): SampleTable['reasons'] {
  const size = reader.count();
  if (size === 0) return null;
  const words = Array.from({ length: size }, () => reader.text());
  return Array.from({ length: count }, () => {
    const number = reader.unsigned();
    return number === 0 ? null : (words[number - 1] ?? null);
  });
}
