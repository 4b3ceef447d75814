/** Packed bytes that do not say what they should. */
export class DamagedBytes extends Error {}

/** Reads what `ByteWriter` wrote. Throws `DamagedBytes` rather than to read past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new DamagedBytes('it ends too early');
    return value;
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

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** So many numbers of so many bits (at most 24), NaN wherever `known` has 0. */
  bits(values: Float64Array, count: number, width: number, known: Uint8Array | null): void {
    const most = 2 ** width;
    let [waiting, bits] = [0, 0];
    for (let index = 0; index < count; index += 1) {
      if (known !== null && known[index] === 0) {
        values[index] = Number.NaN;
        continue;
      }
      while (bits < width) {
        waiting |= this.byte() << bits;
        bits += 8;
      }
      values[index] = (waiting >>> 0) % most;
      waiting >>>= width;
      bits -= width;
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
    if (value > 65_536 + this.#bytes.length * 64) throw new DamagedBytes(`it would hold ${value} rows`);
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
