import { expect, test } from 'vitest';
import { createFrameReader, encodeFrame, frameLimitBytes } from '../../../main/transport/socket-frames.ts';

function read(chunks: readonly Uint8Array[]) {
  const messages: unknown[] = [];
  const broken: string[] = [];
  const reader = createFrameReader({ frame: (m) => messages.push(m), broken: (r) => broken.push(r) });
  for (const chunk of chunks) reader.push(chunk);
  return { messages, broken };
}

const call = { kind: 'call', id: 1, name: 'machine.get', input: { machine: 'dämo' } } as const;

test('frames survive any cut of the stream', () => {
  const stream = Buffer.concat([encodeFrame(call), encodeFrame({ kind: 'subscribe' }), encodeFrame(call)]);
  for (let size = 1; size <= stream.length; size += 1) {
    const chunks = [];
    for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
    expect(read(chunks)).toEqual({ messages: [call, { kind: 'subscribe' }, call], broken: [] });
  }
});

test('a frame of exactly the limit passes, one byte more is broken', () => {
  const body = (size: number) => Buffer.from(`"${'x'.repeat(size - 2)}"`);
  const frame = (size: number) => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(size);
    return Buffer.concat([header, body(size)]);
  };
  expect(read([frame(frameLimitBytes)]).broken).toEqual([]);
  expect(read([frame(frameLimitBytes + 1)])).toEqual({ messages: [], broken: ['a frame larger than 1 MiB'] });
});

test.each([
  ['an empty frame', Buffer.from([0, 0, 0, 0]), 'an empty frame'],
  ['no JSON', Buffer.from([0, 0, 0, 2, 0x7b, 0x7b]), 'a frame that is no JSON'],
  ['no UTF-8', Buffer.from([0, 0, 0, 3, 0x22, 0xff, 0x22]), 'a frame that is no JSON'],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'a frame larger than 1 MiB'],
])('%s breaks the stream for good', (_about, bytes, reason) => {
  expect(read([bytes, encodeFrame(call)])).toEqual({ messages: [], broken: [reason] });
});

test('a message that does not fit is refused before it is sent', () => {
  expect(() => encodeFrame({ ...call, input: 'x'.repeat(frameLimitBytes) })).toThrow('larger than 1 MiB');
});
