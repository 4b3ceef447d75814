import { BusReader, type BusValue, BusWriter, typesOf, type Variant } from './bus-values.ts';

/** One message of the session bus, as far as a client of it needs to know. */
export interface BusMessage {
  readonly kind: 'call' | 'answer' | 'error' | 'signal';
  readonly serial: number;
  /** Of an answer or an error: which call it is for. */
  readonly answers: number | null;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly BusValue[];
}

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature: string;
  readonly body: readonly BusValue[];
}

const kinds = ['call', 'answer', 'error', 'signal'] as const;
const fields = { path: 1, interface: 2, member: 3, answers: 5, destination: 6, signature: 8 } as const;
const headLength = 16;
/** The bus allows 128 MiB; what concerns notifications is small. */
const mostBytes = 1024 * 1024;

export function writeCall(call: BusCall, serial: number): Buffer {
  const body = new BusWriter();
  body.writeAll(call.signature, call.body);
  const header = new BusWriter();
  for (const byte of [0x6c, 1, 0, 1]) header.write('y', byte);
  header.write('u', body.length);
  header.write('u', serial);
  const field = (code: number, signature: string, value: string): BusValue => [code, { signature, value }];
  header.write('a(yv)', [
    field(fields.path, 'o', call.path),
    field(fields.interface, 's', call.interface),
    field(fields.member, 's', call.member),
    field(fields.destination, 's', call.destination),
    ...(call.signature === '' ? [] : [field(fields.signature, 'g', call.signature)]),
  ]);
  header.pad(8);
  return Buffer.concat([header.bytes(), body.bytes()]);
}

/** Length of the message that these bytes begin with; null while that cannot be told. Throws when it is too long, or none. */
export function lengthOfMessage(bytes: Buffer): number | null {
  if (bytes.length < headLength) return null;
  if (bytes[0] !== 0x6c) throw new Error('The bus speaks in an order of bytes that is not understood.');
  const fieldsLength = bytes.readUInt32LE(12);
  const length = Math.ceil((headLength + fieldsLength) / 8) * 8 + bytes.readUInt32LE(4);
  if (length > mostBytes) throw new Error('A message of the bus is too long.');
  return length;
}

/** A whole message. Throws when it cannot be read. */
export function readMessage(bytes: Buffer): BusMessage {
  const reader = new BusReader(bytes, 12);
  const found = new Map<number, BusValue>();
  for (const pair of reader.read('a(yv)') as readonly (readonly [number, Variant])[]) found.set(pair[0], pair[1].value);
  reader.align(8);
  const text = (code: number): string => String(found.get(code) ?? '');
  const answers = found.get(fields.answers);
  return {
    kind: kinds[(bytes[1] ?? 0) - 1] ?? 'signal',
    serial: bytes.readUInt32LE(8),
    answers: typeof answers === 'number' ? answers : null,
    interface: text(fields.interface),
    member: text(fields.member),
    body: typesOf(text(fields.signature)).map((type) => reader.read(type)),
  };
}
