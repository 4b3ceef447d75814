import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBitmap } from '../../../../main/adapters/azure/bitmap.ts';
import { pngWithin } from '../../../../main/adapters/azure/png.ts';

interface Shape {
  readonly width?: number;
  readonly height?: number;
  readonly bits?: number;
  readonly packing?: number;
  readonly palette?: readonly number[];
  /** Rows as they stand in the file, without what fills them up. */
  readonly rows: readonly (readonly number[])[];
}

/** A bitmap as the service keeps it. */
function bitmap({ width = 2, height, bits = 24, packing = 0, palette = [], rows }: Shape): Buffer {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const head = Buffer.alloc(54);
  head.write('BM', 'latin1');
  head.writeUInt32LE(54 + palette.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height ?? rows.length, 22);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(packing, 30);
  const lines = rows.map((row) => Buffer.concat([Buffer.from(row), Buffer.alloc(Math.max(0, stride - row.length))]));
  return Buffer.concat([head, Buffer.from(palette), ...lines]);
}

const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];
const asWritten = ([r, g, b]: readonly number[]) => [b ?? 0, g ?? 0, r ?? 0];
/** Red and green above, blue and white below. */
const four = { width: 2, height: 2, points: Buffer.from([...red, ...green, ...blue, ...white]) };
const below = [...asWritten(blue), ...asWritten(white)];
const above = [...asWritten(red), ...asWritten(green)];

/** The points that a PNG of ours stands for. */
function pointsOf(png: Buffer, width: number, height: number): readonly number[] {
  const data = png.subarray(8 + 25 + 8, 8 + 25 + 8 + png.readUInt32BE(33));
  const lines = inflateSync(data);
  const row = width * 3;
  const points: number[] = [];
  for (let line = 0; line < height; line += 1) {
    for (let at = 0; at < row; at += 1) {
      const over = line === 0 ? 0 : (points[(line - 1) * row + at] ?? 0);
      points.push(((lines[line * (row + 1) + 1 + at] ?? 0) + over) & 255);
    }
  }
  return points;
}

describe('a bitmap', () => {
  it('is read from the bottom up, row by row, without what fills the rows up', () => {
    expect(readBitmap(bitmap({ rows: [below, above] }))).toEqual(four);
  });

  it('is read from the top down where its height says so', () => {
    expect(readBitmap(bitmap({ height: -2, rows: [above, below] }))).toEqual(four);
  });

  it('is read with 32 bits a point, and with a palette', () => {
    const wide = (row: readonly number[]) => [...row.slice(0, 3), 0, ...row.slice(3), 0];
    expect(readBitmap(bitmap({ bits: 32, rows: [wide(below), wide(above)] }))).toEqual(four);
    const palette = [red, green, blue, white].flatMap((colour) => [...asWritten(colour), 0]);
    const rows = [
      [2, 3],
      [0, 1],
    ];
    expect(readBitmap(bitmap({ bits: 8, palette, rows }))).toEqual(four);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page of a hotel', Buffer.from(`<html>${'x'.repeat(200)}</html>`)],
    ['one that was cut off', bitmap({ rows: [below, above] }).subarray(0, 65)],
    ['one that says it is huge', bitmap({ width: 100_000, height: 100_000, rows: [below] })],
    ['one with more points than anybody shows', bitmap({ width: 8000, height: 8000, rows: [below] })],
    ['one of no size', bitmap({ width: 0, rows: [[]] })],
    ['one of a negative width', bitmap({ width: -2, height: 1, rows: [below] })],
    ['one of the least height there is', bitmap({ height: -2_147_483_648, rows: [below] })],
    ['a packed one', bitmap({ packing: 1, rows: [below, above] })],
    ['one of 16 bits a point', bitmap({ bits: 16, rows: [[0, 0, 0, 0]] })],
    ['one without its palette', bitmap({ bits: 8, rows: [[0, 1]] })],
    ['one with masks of its own that are not there', bitmap({ bits: 32, packing: 3, rows: [] })],
  ])('is none: %s', (_what, bytes) => {
    expect(readBitmap(bytes)).toBeNull();
  });

  it('never makes anything but a picture or nothing of bytes that were changed at will', () => {
    const good = bitmap({ rows: [below, above] });
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 3000; round += 1) {
      const bad = Buffer.from(good);
      for (let change = 0; change < 4; change += 1) bad[random(bad.length)] = random(256);
      const read = readBitmap(bad.subarray(0, random(bad.length + 1)));
      if (read !== null) expect(read.points.length).toBe(read.width * read.height * 3);
    }
  });
});

describe('a picture as PNG', () => {
  it('shows the same points', async () => {
    const { png, width, height } = await pngWithin(four, 10_000);
    expect([width, height, png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2, 2, 2, 2]);
    expect(pointsOf(png, 2, 2)).toEqual([...four.points]);
  });

  it('is halved until it is small enough, and every point is the average of four', async () => {
    const { png, width, height } = await pngWithin(four, 69);
    expect([width, height]).toEqual([1, 1]);
    expect(pointsOf(png, 1, 1)).toEqual([127, 127, 127]);
  });

  it('of noise stays within what a message can carry', async () => {
    const points = Buffer.alloc(640 * 480 * 3);
    let seed = 1;
    for (let at = 0; at < points.length; at += 1) {
      seed = (seed * 48_271) % 2_147_483_647;
      points[at] = seed & 255;
    }
    const { png, width } = await pngWithin({ width: 640, height: 480, points }, 300_000);
    expect(png.length).toBeLessThanOrEqual(300_000);
    expect(width).toBe(320);
  });
});
