import { crc32 } from 'node:zlib';
import { DamagedBytes } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readColumn, readColumnInto } from './number-column.ts';
import { version as oldVersion, readerOf, readReasons, writeReasons } from './sample-block.ts';
import { SampleTable } from './sample-table.ts';
import { columnRoom, readWideColumn, writeWideColumn } from './wide-column.ts';

/**
 * A tick as packed bytes: a version, how many samples, where the reasons of failed readings begin, column by column the
 * numbers of their series, their moments and values, the reasons, and a checksum over all of it. It lies on the disk for
 * an hour or two, and is made again every time machines are read: what counts is how fast it is made.
 */

const version = 2;
const headBytes = 12;
const checksumBytes = 4;
const reasonWriter = new ByteWriter();
let room = new ArrayBuffer(65_536);

/** Samples of many series in no order, each with the number of its series. */
export interface Tick {
  readonly series: Float64Array;
  readonly table: SampleTable;
}

/** Good until the next tick is packed. */
export function packTick({ series, table }: Tick): Buffer {
  const { count } = table;
  reasonWriter.clear();
  writeReasons(reasonWriter, table.reasons, count);
  const reasons = reasonWriter.written();
  const columns = [series, table.at, ...table.metrics];
  const most = headBytes + columns.length * columnRoom(count) + reasons.length + checksumBytes;
  if (room.byteLength < most) room = new ArrayBuffer(2 * most);
  const bytes = Buffer.from(room);
  bytes.fill(0, 0, headBytes);
  bytes[0] = version;
  bytes.writeUInt32LE(count, 4);
  let at = headBytes;
  for (const column of columns) at = writeWideColumn(room, at, column, count);
  bytes.writeUInt32LE(at, 8);
  at += reasons.copy(bytes, at);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at)), at);
  return bytes.subarray(0, at + checksumBytes);
}

/** Throws `DamagedBytes` unless it is as it was packed. */
export function unpackTick(bytes: Buffer): Tick {
  if (bytes[0] === oldVersion) return unpackOldTick(bytes);
  const end = bytes.length - checksumBytes;
  if (end < headBytes || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
    throw new DamagedBytes('its checksum does not fit');
  }
  if (bytes[0] !== version) throw new DamagedBytes(`it is of version ${bytes[0]}`);
  const count = bytes.readUInt32LE(4);
  // Columns are read where their numbers lie even.
  const even = new ArrayBuffer(end);
  bytes.copy(new Uint8Array(even), 0, 0, end);
  const series = new Float64Array(count);
  const table = new SampleTable(Math.max(1, count));
  table.count = count;
  let at = headBytes;
  for (const column of [series, table.at, ...table.metrics]) at = readWideColumn(column, even, at, count);
  table.reasons = readReasons(readerOf(bytes, bytes.readUInt32LE(8)), count);
  return { series, table };
}

/** As it was packed before. */
function unpackOldTick(bytes: Buffer): Tick {
  const reader = readerOf(bytes, 1);
  const count = reader.count();
  const series = readColumn(reader, count);
  const table = new SampleTable(Math.max(1, count));
  table.count = count;
  readColumnInto(table.at, reader, count);
  table.reasons = readReasons(reader, count);
  for (const column of table.metrics) readColumnInto(column, reader, count);
  return { series, table };
}
