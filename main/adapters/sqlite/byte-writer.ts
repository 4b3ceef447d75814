/** Bytes written one after another, for packed rows. Grows as needed. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #at = 0;

  get length(): number {
    return this.#at;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte, the low ones first. */
  unsigned(value: number): void {
    this.#room(8);
    if (value < 128) {
      this.#bytes[this.#at++] = value;
      return;
    }
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  /** A whole number of at most 52 bits: near zero it is short, whichever its sign. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Of the first `count` whole numbers, how much each differs from the one before; NaN is passed over. */
  steps(values: Float64Array, count: number): void {
    this.#room(8 * count);
    const bytes = this.#bytes;
    let at = this.#at;
    let before = 0;
    for (let index = 0; index < count; index += 1) {
      const value = values[index] as number;
      if (Number.isNaN(value)) continue;
      const step = value - before;
      before = value;
      let rest = step < 0 ? -2 * step - 1 : 2 * step;
      while (rest >= 0x8000_0000) {
        bytes[at++] = (rest % 128) | 128;
        rest = Math.floor(rest / 128);
      }
      while (rest >= 128) {
        bytes[at++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    }
    this.#at = at;
  }

  /** Of the first `count` whole numbers, how much each is above `lowest`, in so many bits (at most 24); NaN is passed over. */
  bits(values: Float64Array, count: number, lowest: number, width: number): void {
    this.#room(4 * count + 1);
    const bytes = this.#bytes;
    let at = this.#at;
    let [waiting, bits] = [0, 0];
    for (let index = 0; index < count; index += 1) {
      const value = values[index] as number;
      if (Number.isNaN(value)) continue;
      waiting |= (value - lowest) << bits;
      bits += width;
      while (bits >= 8) {
        bytes[at++] = waiting & 255;
        waiting >>>= 8;
        bits -= 8;
      }
    }
    if (bits > 0) bytes[at++] = waiting;
    this.#at = at;
  }

  double(value: number): void {
    this.#room(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  uint32(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.unsigned(length);
    this.#room(length);
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** Their number first. */
  bytes(value: Buffer): void {
    this.unsigned(value.length);
    this.#room(value.length);
    this.#at += value.copy(this.#bytes, this.#at);
  }

  /** What was written so far, good until the next word to this writer. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Begins anew in the same memory. */
  clear(): void {
    this.#at = 0;
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
