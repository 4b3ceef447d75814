/** A picture of a console with nothing on it: a bitmap with 24 bits a point, as the service keeps them. */
export function blankScreen(width = 160, height = 100): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const headBytes = 54;
  const bitmap = Buffer.alloc(headBytes + row * height);
  bitmap.write('BM', 0, 'latin1');
  bitmap.writeUInt32LE(bitmap.length, 2);
  bitmap.writeUInt32LE(headBytes, 10);
  bitmap.writeUInt32LE(40, 14);
  bitmap.writeInt32LE(width, 18);
  bitmap.writeInt32LE(height, 22);
  bitmap.writeUInt16LE(1, 26);
  bitmap.writeUInt16LE(24, 28);
  return bitmap;
}
