import { crc32 } from 'node:zlib';
import { sampleMetrics } from '../../contract/sample.ts';
import { ByteReader, DamagedBytes } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readColumn, writeColumn } from './number-column.ts';
import { SampleTable } from './sample-table.ts';

/**
 * Samples as packed bytes: a version, how many, their moments, why readings failed, the values column by column, and a
 * checksum over all of it, so that damage is told from data.
 */

const version = 1;
const checksumBytes = 4;
const writer = new ByteWriter();

/** The samples of a table. Good until the next block is packed. */
export function packBlock(table: SampleTable): Buffer {
  writer.clear();
  writer.byte(version);
  writer.unsigned(table.count);
  writeMoments(table);
  writeReasons(table.reasons, table.count);
  for (const column of table.metrics) writeColumn(writer, column, table.count);
  writer.uint32(crc32(writer.written()));
  return writer.written();
}

/** Throws `DamagedBytes` unless it is as it was packed. */
export function unpackBlock(bytes: Buffer): SampleTable {
  const reader = readerOf(bytes);
  const count = reader.count();
  const table = new SampleTable(Math.max(1, count));
  table.count = count;
  readMoments(reader, table.at, count);
  table.reasons = readReasons(reader, count);
  for (let index = 0; index < sampleMetrics.length; index += 1) table.metrics[index] = readColumn(reader, count);
  return table;
}

/** One tick: samples of many series, each with the number of its series. */
export interface Tick {
  readonly series: Float64Array;
  readonly table: SampleTable;
}

/** The same for a tick, whose samples are in no order. */
export function packTick({ series, table }: Tick): Buffer {
  writer.clear();
  writer.byte(version);
  writer.unsigned(table.count);
  writeColumn(writer, series, table.count);
  writeColumn(writer, table.at, table.count);
  writeReasons(table.reasons, table.count);
  for (const column of table.metrics) writeColumn(writer, column, table.count);
  writer.uint32(crc32(writer.written()));
  return writer.written();
}

export function unpackTick(bytes: Buffer): Tick {
  const reader = readerOf(bytes);
  const count = reader.count();
  const series = readColumn(reader, count);
  const table = new SampleTable(Math.max(1, count));
  table.count = count;
  table.at = readColumn(reader, count);
  table.reasons = readReasons(reader, count);
  for (let index = 0; index < sampleMetrics.length; index += 1) table.metrics[index] = readColumn(reader, count);
  return { series, table };
}

function readerOf(bytes: Buffer): ByteReader {
  const end = bytes.length - checksumBytes;
  if (end < 2 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
    throw new DamagedBytes('its checksum does not fit');
  }
  const reader = new ByteReader(bytes.subarray(0, end));
  const found = reader.byte();
  if (found !== version) throw new DamagedBytes(`it is of version ${found}`);
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

function readMoments(reader: ByteReader, at: Float64Array, count: number): void {
  let [before, step] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const next = before + step + reader.signed();
    step = index === 0 ? 0 : next - before;
    before = next;
    at[index] = next;
  }
}

/** Each reason once, and by its number for every sample; number 0 stands for none. */
function writeReasons(reasons: SampleTable['reasons'], count: number): void {
  const words = new Map<string, number>();
  for (const reason of reasons ?? []) {
    if (reason !== null && !words.has(reason)) words.set(reason, words.size + 1);
  }
  writer.unsigned(words.size);
  if (words.size === 0) return;
  for (const word of words.keys()) writer.text(word);
  for (let index = 0; index < count; index += 1) {
    const reason = reasons?.[index] ?? null;
    writer.unsigned(reason === null ? 0 : (words.get(reason) ?? 0));
  }
}

function readReasons(reader: ByteReader, count: number): SampleTable['reasons'] {
  const size = reader.count();
  if (size === 0) return null;
  const words = Array.from({ length: size }, () => reader.text());
  return Array.from({ length: count }, () => {
    const number = reader.unsigned();
    return number === 0 ? null : (words[number - 1] ?? null);
  });
}
