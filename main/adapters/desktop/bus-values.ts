/**
 * Values as they travel over the session bus (D-Bus), little-endian: the types that notifications need, and no file
 * descriptors. `v` takes and gives a `Variant`, `a{sv}` and other dictionaries arrays of pairs.
 */
export interface Variant {
  readonly signature: string;
  readonly value: BusValue;
}
export type BusValue = string | number | boolean | Variant | Uint8Array | readonly BusValue[];

const alignments: Readonly<Record<string, number>> = { y: 1, g: 1, v: 1, n: 2, q: 2, x: 8, t: 8, d: 8, '(': 8, '{': 8 };
const deepest = 16;

/** Single complete types of a signature: `sa{sv}i` gives `s`, `a{sv}`, `i`. Throws when it is none. */
export function typesOf(signature: string): readonly string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at, 0);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function endOfType(signature: string, at: number, depth: number): number {
  const letter = signature[at];
  if (letter === undefined || depth > deepest) throw new Error('A signature of the bus cannot be read.');
  if (letter === 'a') return endOfType(signature, at + 1, depth + 1);
  if (letter !== '(' && letter !== '{') {
    if (!'ybnqiuxtdsogv'.includes(letter)) throw new Error('A signature of the bus cannot be read.');
    return at + 1;
  }
  const last = letter === '(' ? ')' : '}';
  // Nothing takes no room: an array of it would never end.
  if (signature[at + 1] === last) throw new Error('A signature of the bus cannot be read.');
  let next = at + 1;
  while (signature[next] !== last) next = endOfType(signature, next, depth + 1);
  return next + 1;
}

function alignmentOf(type: string): number {
  return alignments[type[0] ?? ''] ?? 4;
}

/** Bytes of a message, from the first one: alignment counts from there. */
export class BusWriter {
  private chunks: Buffer[] = [];
  length = 0;

  pad(alignment: number): void {
    const missing = (alignment - (this.length % alignment)) % alignment;
    if (missing > 0) this.add(Buffer.alloc(missing));
  }

  write(type: string, value: BusValue): void {
    this.pad(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        this.add(Buffer.of(Number(value)));
        break;
      case 'b':
        this.addInteger(value === true ? 1 : 0);
        break;
      case 'u':
        this.addInteger(Number(value));
        break;
      case 'i': {
        const bytes = Buffer.alloc(4);
        bytes.writeInt32LE(Number(value));
        this.add(bytes);
        break;
      }
      case 's':
      case 'o':
        this.addText(String(value));
        break;
      case 'g':
        this.addSignature(String(value));
        break;
      case 'v': {
        const { signature, value: inner } = value as Variant;
        this.addSignature(signature);
        this.write(signature, inner);
        break;
      }
      case 'a':
        this.addArray(type.slice(1), value as readonly BusValue[] | Uint8Array);
        break;
      case '(':
      case '{':
        this.writeAll(type.slice(1, -1), value as readonly BusValue[]);
        break;
      default:
        throw new Error(`The type ${type} is not written to the bus.`);
    }
  }

  writeAll(signature: string, values: readonly BusValue[]): void {
    for (const [index, type] of typesOf(signature).entries()) this.write(type, values[index] ?? 0);
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  private add(bytes: Uint8Array): void {
    this.chunks.push(Buffer.from(bytes));
    this.length += bytes.length;
  }

  private addInteger(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.add(bytes);
  }

  private addText(text: string): void {
    // The bus ends whoever sends it a text with a zero in it.
    const bytes = Buffer.from(text.replaceAll('\0', ''), 'utf8');
    this.addInteger(bytes.length);
    this.add(Buffer.concat([bytes, Buffer.of(0)]));
  }

  private addSignature(signature: string): void {
    this.add(Buffer.concat([Buffer.of(signature.length), Buffer.from(`${signature}\0`, 'latin1')]));
  }

  /** Its length does not count the gap before its first element. */
  private addArray(type: string, values: readonly BusValue[] | Uint8Array): void {
    const length = Buffer.alloc(4);
    this.add(length);
    // Chunks are copies: the length is put in once it is known.
    const slot = this.chunks.at(-1) ?? length;
    this.pad(alignmentOf(type));
    const begin = this.length;
    if (values instanceof Uint8Array) this.add(values);
    else for (const value of values) this.write(type, value);
    slot.writeUInt32LE(this.length - begin);
  }
}

/** Throws for bytes that are not what the signature says. */
export class BusReader {
  private at: number;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get position(): number {
    return this.at;
  }

  align(alignment: number): void {
    this.at += (alignment - (this.at % alignment)) % alignment;
  }

  read(type: string, depth = 0): BusValue {
    if (depth > deepest) throw new Error('A message of the bus is too deep.');
    this.align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        return this.take(1).readUInt8();
      case 'b':
        return this.take(4).readUInt32LE() === 1;
      case 'n':
        return this.take(2).readInt16LE();
      case 'q':
        return this.take(2).readUInt16LE();
      case 'u':
        return this.take(4).readUInt32LE();
      case 'i':
        return this.take(4).readInt32LE();
      case 'x':
        return Number(this.take(8).readBigInt64LE());
      case 't':
        return Number(this.take(8).readBigUInt64LE());
      case 'd':
        return this.take(8).readDoubleLE();
      case 's':
      case 'o':
        return this.text(this.take(4).readUInt32LE());
      case 'g':
        return this.text(this.take(1).readUInt8());
      case 'v': {
        const signature = this.text(this.take(1).readUInt8());
        const [only, ...others] = typesOf(signature);
        if (only === undefined || others.length > 0) throw new Error('A variant of the bus cannot be read.');
        return { signature, value: this.read(only, depth + 1) };
      }
      case 'a':
        return this.array(type.slice(1), depth);
      default:
        return typesOf(type.slice(1, -1)).map((each) => this.read(each, depth + 1));
    }
  }

  private array(type: string, depth: number): BusValue {
    const length = this.take(4).readUInt32LE();
    this.align(alignmentOf(type));
    const end = this.at + length;
    if (end > this.bytes.length) throw new Error('A message of the bus ends too early.');
    if (type === 'y') return new Uint8Array(this.take(length));
    const values: BusValue[] = [];
    while (this.at < end) values.push(this.read(type, depth + 1));
    return values;
  }

  private text(length: number): string {
    const text = this.take(length).toString('utf8');
    this.take(1);
    return text;
  }

  private take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error('A message of the bus ends too early.');
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }
}
