/** Points of a picture, three bytes each (red, green, blue), row by row from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly points: Buffer;
}

const headBytes = 54;
const mostSide = 8192;
/** 2,560 by 1,600 and a little more: it is gone through point by point. */
const mostPoints = 4_194_304;
const uncompressed = 0;
const bitFields = 3;
/** Where red, green and blue stand in a point of 32 bits whose masks are those that everybody writes. */
const usualMasks = [0x00ff0000, 0x0000ff00, 0x000000ff] as const;

/**
 * A Windows bitmap: 8 bits a point with a palette, 24, or 32. Null for everything else, also for one that is cut off: no
 * length or place in it is believed before it was compared with the bytes that are there.
 */
export function readBitmap(bytes: Buffer): Picture | null {
  if (bytes.length < headBytes || bytes.toString('latin1', 0, 2) !== 'BM') return null;
  const from = bytes.readUInt32LE(10);
  const infoBytes = bytes.readUInt32LE(14);
  const width = bytes.readInt32LE(18);
  const tall = bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(28);
  const packing = bytes.readUInt32LE(30);
  const height = Math.abs(tall);
  if (infoBytes < 40 || width < 1 || height < 1 || width > mostSide || height > mostSide) return null;
  if (width * height > mostPoints) return null;
  if (packing !== uncompressed && !(packing === bitFields && bits === 32 && hasUsualMasks(bytes))) return null;
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (from < headBytes || from + stride * height > bytes.length) return null;
  const palette = bits === 8 ? paletteOf(bytes, infoBytes, from) : null;
  if (bits !== 24 && bits !== 32 && palette === null) return null;

  const points = Buffer.alloc(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    // From the bottom up, unless the height says otherwise.
    const line = from + stride * (tall < 0 ? row : height - 1 - row);
    for (let column = 0; column < width; column += 1) {
      const source = palette ?? bytes;
      const at = palette === null ? line + column * (bits / 8) : (bytes[line + column] ?? 0) * 4;
      points[to] = source[at + 2] ?? 0;
      points[to + 1] = source[at + 1] ?? 0;
      points[to + 2] = source[at] ?? 0;
      to += 3;
    }
  }
  return { width, height, points };
}

/** The colours stand between the head and the points; one that is missing is black. */
function paletteOf(bytes: Buffer, infoBytes: number, from: number): Buffer | null {
  const begin = 14 + infoBytes;
  return begin < from ? bytes.subarray(begin, from) : null;
}

function hasUsualMasks(bytes: Buffer): boolean {
  return bytes.length >= 66 && usualMasks.every((mask, index) => bytes.readUInt32LE(headBytes + index * 4) === mask);
}
