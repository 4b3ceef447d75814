/** Packed bytes that do not say what they should. */
export class DamagedBytes extends Error {}

/** How numbers are packed that all take as many bits. */
export interface PackedBits {
  /** At most 24. */
  readonly width: number;
  /** What each of them is above. */
  readonly lowest: number;
  /** How many of the units in which they are packed make one. */
  readonly scale: number;
  /** 0 where there is no number; null when there is always one. */
  readonly known: Uint8Array | null;
}

/** Reads what `ByteWriter` wrote. Throws `DamagedBytes` rather than to read past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  /** Nothing is read from there on. */
  readonly #end: number;
  #at = 0;
  #view: DataView | null = null;

  constructor(bytes: Buffer, end = bytes.length) {
    this.#bytes = bytes;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    if (this.#at >= this.#end) throw new DamagedBytes('it ends too early');
    return this.#bytes[this.#at++] as number;
  }

  unsigned(): number {
    let byte = this.byte();
    let value = byte & 127;
    let scale = 128;
    while (byte >= 128) {
      byte = this.byte();
      value += (byte & 127) * scale;
      scale *= 128;
      if (scale > 2 ** 63) throw new DamagedBytes('a number does not end');
    }
    return value;
  }

  /** So many numbers as `signed` reads them, one after another. */
  manySigned(into: Float64Array, count: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < count; index += 1) {
      // Nearly all take one byte or two.
      const first = at < this.#end ? (bytes[at] as number) : 255;
      const second = at + 1 < this.#end ? (bytes[at + 1] as number) : 255;
      if (first < 128) {
        into[index] = (first >>> 1) ^ -(first & 1);
        at += 1;
      } else if (second < 128) {
        const short = (first & 127) | (second << 7);
        into[index] = (short >>> 1) ^ -(short & 1);
        at += 2;
      } else {
        this.#at = at;
        into[index] = this.signed();
        at = this.#at;
      }
    }
    this.#at = at;
  }

  signed(): number {
    const begin = this.#at;
    const first = this.byte();
    if (first < 128) return (first >>> 1) ^ -(first & 1);
    let short = first & 127;
    // Nearly all are of 28 bits at most: in the arithmetic of large numbers each would take several times as long.
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.byte();
      short |= (byte & 127) << shift;
      if (byte < 128) return (short >>> 1) ^ -(short & 1);
    }
    this.#at = begin;
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** From a place on one number for each that is known, NaN for the others. */
  bits(values: Float64Array, from: number, count: number, { width, lowest, scale, known }: PackedBits): void {
    let present = count;
    for (let index = 0; known !== null && index < count; index += 1) if (known[index] === 0) present -= 1;
    const bits = present * width;
    if (this.left * 8 < bits) throw new DamagedBytes('it ends too early');
    const bytes = this.#bytes;
    // Four bytes are read at once, whatever lies in the last of them: the end of a block is its checksum.
    this.#view ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const view = this.#view;
    const mask = (1 << width) - 1;
    let bit = this.#at * 8;
    this.#at += (bits + 7) >>> 3;
    const end = from + count;
    if (known !== null) {
      for (let index = from; index < end; index += 1) {
        if (known[index - from] === 0) {
          values[index] = Number.NaN;
          continue;
        }
        values[index] = (((view.getInt32(bit >>> 3, true) >>> (bit & 7)) & mask) + lowest) / scale;
        bit += width;
      }
    } else if (scale === 1) {
      // Dividing takes longer than all the rest.
      for (let index = from; index < end; index += 1) {
        values[index] = ((view.getInt32(bit >>> 3, true) >>> (bit & 7)) & mask) + lowest;
        bit += width;
      }
    } else {
      for (let index = from; index < end; index += 1) {
        values[index] = (((view.getInt32(bit >>> 3, true) >>> (bit & 7)) & mask) + lowest) / scale;
        bit += width;
      }
    }
  }

  double(): number {
    if (this.left < 8) throw new DamagedBytes('it ends too early');
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  /** A count of things of which each takes a bit at least, so that damage cannot ask for all memory. */
  count(): number {
    const value = this.unsigned();
    if (value > 65_536 + this.#end * 64) throw new DamagedBytes(`it would hold ${value} rows`);
    return value;
  }

  /** Goes on behind so many bytes. */
  pass(length: number): void {
    if (length > this.left) throw new DamagedBytes('a part is longer than the rest');
    this.#at += length;
  }

  text(): string {
    const length = this.unsigned();
    if (length > this.left) throw new DamagedBytes('a text is longer than the rest');
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }
}
