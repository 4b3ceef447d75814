import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import type { Picture } from './bitmap.ts';

export interface Png {
  readonly png: Buffer;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

const pack = promisify(deflate);
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Eight bits for each of red, green and blue. */
const depthAndColour = Buffer.from([8, 2, 0, 0, 0]);
const upFilter = 2;

/** The picture as PNG; one that would have more than `mostBytes` is halved until it does not. */
export async function pngWithin(picture: Picture, mostBytes: number): Promise<Png> {
  const { width, height } = picture;
  const png = await pngOf(picture);
  if (png.length <= mostBytes || (width === 1 && height === 1)) return { png, width, height };
  return pngWithin(halved(picture), mostBytes);
}

async function pngOf({ width, height, points }: Picture): Promise<Buffer> {
  const row = width * 3;
  const lines = Buffer.alloc((row + 1) * height);
  for (let line = 0; line < height; line += 1) {
    const to = line * (row + 1);
    // Each row as what it has more than the one above: a screen is mostly like that one.
    lines[to] = upFilter;
    for (let at = 0; at < row; at += 1) {
      const above = line === 0 ? 0 : (points[(line - 1) * row + at] ?? 0);
      lines[to + 1 + at] = (points[line * row + at] ?? 0) - above;
    }
  }
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(width, 0);
  sizes.writeUInt32BE(height, 4);
  return Buffer.concat([
    signature,
    chunk('IHDR', Buffer.concat([sizes, depthAndColour])),
    chunk('IDAT', await pack(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** Every point the average of four; a last row or column without a neighbour stands for itself. */
function halved({ width, height, points }: Picture): Picture {
  const next = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const half = Buffer.alloc(next.width * next.height * 3);
  const point = (column: number, row: number, colour: number): number =>
    points[(Math.min(row, height - 1) * width + Math.min(column, width - 1)) * 3 + colour] ?? 0;
  for (let row = 0; row < next.height; row += 1) {
    for (let column = 0; column < next.width; column += 1) {
      for (let colour = 0; colour < 3; colour += 1) {
        const sum =
          point(column * 2, row * 2, colour) +
          point(column * 2 + 1, row * 2, colour) +
          point(column * 2, row * 2 + 1, colour) +
          point(column * 2 + 1, row * 2 + 1, colour);
        half[(row * next.width + column) * 3 + colour] = sum >> 2;
      }
    }
  }
  return { ...next, points: half };
}
