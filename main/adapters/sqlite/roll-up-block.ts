import { crc32 } from 'node:zlib';
import { sampleMetrics } from '../../contract/sample.ts';
import { ByteReader, DamagedBytes } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readColumn, writeColumn } from './number-column.ts';
import type { MetricSum, RollUpEntry } from './roll-up-entry.ts';

/**
 * The hours of a day, or the day itself, as packed bytes: a version, how many, and column by column what is known of
 * them; each value with the length of its part, so that those that are not asked for are passed over.
 */

/** A bucket with its place among those of its day. */
export interface SlottedEntry {
  readonly slot: number;
  readonly entry: RollUpEntry;
}

const version = 1;
const checksumBytes = 4;
const writer = new ByteWriter();
const part = new ByteWriter();
/** The column at hand. */
let numbers = new Float64Array(24);

/** Good until the next ones are packed. */
export function packEntries(entries: readonly SlottedEntry[]): Buffer {
  const count = entries.length;
  if (numbers.length < count) numbers = new Float64Array(count);
  const column = (to: ByteWriter, of: (slotted: SlottedEntry) => number): void => {
    for (let index = 0; index < count; index += 1) numbers[index] = of(entries[index] as SlottedEntry);
    writeColumn(to, numbers, count);
  };
  writer.clear();
  writer.byte(version);
  writer.unsigned(count);
  column(writer, ({ slot }) => slot);
  column(writer, ({ entry }) => entry.readings);
  column(writer, ({ entry }) => entry.failed);
  column(writer, ({ entry }) => entry.firstMs);
  column(writer, ({ entry }) => entry.lastMs - entry.firstMs);
  for (let metric = 0; metric < sampleMetrics.length; metric += 1) {
    part.clear();
    const sumColumn = (field: keyof MetricSum): void =>
      column(part, ({ entry }) => entry.metrics[metric]?.[field] ?? Number.NaN);
    if (entries.some(({ entry }) => (entry.metrics[metric] ?? null) !== null)) {
      sumColumn('count');
      sumColumn('sum');
      sumColumn('min');
      sumColumn('max');
      sumColumn('last');
    }
    writer.bytes(part.written());
  }
  writer.uint32(crc32(writer.written()));
  return writer.written();
}

/** Values whose place is not in `wanted` come back as never known. Throws `DamagedBytes` unless it is as it was packed. */
export function unpackEntries(bytes: Buffer, wanted: readonly boolean[] | null = null): readonly SlottedEntry[] {
  const end = bytes.length - checksumBytes;
  if (end < 2 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) {
    throw new DamagedBytes('its checksum does not fit');
  }
  const reader = new ByteReader(bytes.subarray(0, end));
  const found = reader.byte();
  if (found !== version) throw new DamagedBytes(`it is of version ${found}`);
  const count = reader.count();
  const [slots, readings, failed] = [readColumn(reader, count), readColumn(reader, count), readColumn(reader, count)];
  const [first, length] = [readColumn(reader, count), readColumn(reader, count)];
  const metrics = sampleMetrics.map((_, index) => {
    const size = reader.unsigned();
    if (size === 0) return null;
    if (wanted !== null && wanted[index] !== true) {
      reader.pass(size);
      return null;
    }
    const column = (): Float64Array => readColumn(reader, count);
    return { count: column(), sum: column(), min: column(), max: column(), last: column() };
  });
  return Array.from(slots, (slot, at): SlottedEntry => {
    const firstMs = first[at] as number;
    return {
      slot,
      entry: {
        readings: readings[at] as number,
        failed: failed[at] as number,
        firstMs,
        lastMs: firstMs + (length[at] as number),
        metrics: metrics.map((columns) => {
          const known = columns?.count[at] as number;
          if (columns === null || !(known > 0)) return null;
          return {
            count: known,
            sum: columns.sum[at] as number,
            min: columns.min[at] as number,
            max: columns.max[at] as number,
            last: columns.last[at] as number,
          };
        }),
      },
    };
  });
}
