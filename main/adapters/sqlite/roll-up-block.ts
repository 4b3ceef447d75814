import { crc32 } from 'node:zlib';
import { ByteReader, DamagedBytes } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readColumnInto, writeColumn } from './number-column.ts';
import type { RollUpTable } from './roll-up-table.ts';

/**
 * The hours of a day, or the day itself, as packed bytes: a version, how many, and column by column what is known of
 * them; each value with the length of its part, so that those that are not asked for are passed over.
 */

const version = 1;
const checksumBytes = 4;
const writer = new ByteWriter();
const part = new ByteWriter();
/** The column at hand. */
let lengths = new Float64Array(24);

/** Buckets whose `start` is their place among those of their day. Good until the next ones are packed. */
export function packRollUps(table: RollUpTable): Buffer {
  const { count, firstMs, lastMs } = table;
  if (lengths.length < count) lengths = new Float64Array(count);
  for (let at = 0; at < count; at += 1) lengths[at] = (lastMs[at] as number) - (firstMs[at] as number);
  writer.clear();
  writer.byte(version);
  writer.unsigned(count);
  for (const column of [table.start, table.readings, table.failed, firstMs, lengths])
    writeColumn(writer, column, count);
  for (const metric of table.metrics) {
    part.clear();
    if (metric !== null && isKnown(metric.count, count)) {
      writeColumn(part, metric.count, count);
      writeColumn(part, metric.sum, count);
      writeColumn(part, metric.min, count);
      writeColumn(part, metric.max, count);
      writeColumn(part, metric.last, count);
    }
    writer.bytes(part.written());
  }
  writer.uint32(crc32(writer.written()));
  return writer.written();
}

/**
 * Adds them to a table, which says what is wanted of them. Throws `DamagedBytes` unless it is as it was packed; the table
 * is then as before.
 */
export function unpackRollUps(bytes: Buffer, into: RollUpTable): void {
  const end = bytes.length - checksumBytes;
  if (end < 2 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
    throw new DamagedBytes('its checksum does not fit');
  }
  const reader = new ByteReader(bytes, end);
  const found = reader.byte();
  if (found !== version) throw new DamagedBytes(`it is of version ${found}`);
  const count = reader.count();
  into.makeRoom(count);
  const at = into.count;
  readColumnInto(into.start, reader, count, at);
  readColumnInto(into.readings, reader, count, at);
  readColumnInto(into.failed, reader, count, at);
  readColumnInto(into.firstMs, reader, count, at);
  readColumnInto(into.lastMs, reader, count, at);
  for (let each = at; each < at + count; each += 1)
    into.lastMs[each] = (into.lastMs[each] as number) + (into.firstMs[each] as number);
  for (const metric of into.metrics) {
    const size = reader.unsigned();
    if (metric === null) reader.pass(size);
    else if (size === 0) {
      for (const column of [metric.count, metric.sum, metric.min, metric.max, metric.last])
        column.fill(Number.NaN, at, at + count);
    } else {
      readColumnInto(metric.count, reader, count, at);
      readColumnInto(metric.sum, reader, count, at);
      readColumnInto(metric.min, reader, count, at);
      readColumnInto(metric.max, reader, count, at);
      readColumnInto(metric.last, reader, count, at);
    }
  }
  into.count += count;
}

function isKnown(counts: Float64Array, count: number): boolean {
  for (let at = 0; at < count; at += 1) if ((counts[at] as number) > 0) return true;
  return false;
}
