import { expect, it } from 'vitest';
import { lengthOfMessage, readMessage, writeCall } from '../../../../main/adapters/desktop/bus-message.ts';
import { BusReader, type BusValue, BusWriter, typesOf } from '../../../../main/adapters/desktop/bus-values.ts';
import { targetsOf } from '../../../../main/adapters/desktop/session-bus.ts';

function written(type: string, value: BusValue): Buffer {
  const writer = new BusWriter();
  writer.write(type, value);
  return writer.bytes();
}

it('writes numbers and texts as the bus lays them out', () => {
  expect([...written('u', 7)]).toEqual([7, 0, 0, 0]);
  expect([...written('s', 'hé')]).toEqual([3, 0, 0, 0, 0x68, 0xc3, 0xa9, 0]);
  expect([...written('g', 'as')]).toEqual([2, 0x61, 0x73, 0]);
  expect([...written('v', { signature: 'i', value: -1 })]).toEqual([1, 0x69, 0, 0, 255, 255, 255, 255]);
  // The gap before the first pair is not in the length of the array.
  const pairs = written('a{sv}', [['u', { signature: 'y', value: 2 }]]);
  expect([...pairs]).toEqual([10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x75, 0, 1, 0x79, 0, 2]);
});

it.each<[string, BusValue]>([
  ['as', ['actions', '', 'body']],
  [
    'a{sv}',
    [
      ['urgency', { signature: 'y', value: 2 }],
      ['x', { signature: 's', value: 'y' }],
    ],
  ],
  ['(iiibiiay)', [1, 2, -3, true, 8, 4, new Uint8Array([1, 2, 3])]],
  ['v', { signature: 'v', value: { signature: 'b', value: false } }],
  ['as', []],
  ['a(yv)', [[1, { signature: 'o', value: '/' }]]],
])('reads %s as it was written', (type, value) => {
  expect(new BusReader(written(type, value)).read(type)).toEqual(value);
});

it('a zero in a text does not end what follows', () => {
  expect(new BusReader(written('s', 'a\0b')).read('s')).toBe('ab');
});

it('splits a signature into its types, and takes none that has no end', () => {
  expect(typesOf('susssasa{sv}i')).toEqual(['s', 'u', 's', 's', 's', 'as', 'a{sv}', 'i']);
  for (const signature of ['a', '(', '(i', '()', 'a()', 'h', '?', 'a'.repeat(40)])
    expect(() => typesOf(signature)).toThrow();
});

it('a call is a whole message, and comes back as it was', () => {
  const call = writeCall(
    { destination: 'a.b', path: '/a', interface: 'a.b', member: 'Do', signature: 'su', body: ['x', 5] },
    3,
  );
  expect(lengthOfMessage(call)).toBe(call.length);
  expect(lengthOfMessage(call.subarray(0, 15))).toBeNull();
  expect(readMessage(call)).toEqual({
    kind: 'call',
    serial: 3,
    answers: null,
    interface: 'a.b',
    member: 'Do',
    body: ['x', 5],
  });
});

it('what is no message, too long or cut off is refused and never read on', () => {
  const call = writeCall(
    { destination: 'a.b', path: '/a', interface: 'a.b', member: 'Do', signature: 's', body: ['x'] },
    1,
  );
  const long = Buffer.from(call);
  long.writeUInt32LE(0x7fffffff, 4);
  expect(() => lengthOfMessage(long)).toThrow();
  expect(() => lengthOfMessage(Buffer.from('B'.padEnd(16)))).toThrow();
  for (let end = 12; end < call.length; end += 1) expect(() => readMessage(call.subarray(0, end))).toThrow();
});

it('finds the sockets that an address names', () => {
  expect(targetsOf('unix:path=/run/user/1000/bus,guid=1;tcp:host=x,port=1;unix:abstract=/tmp/a%20b')).toEqual([
    '/run/user/1000/bus',
    '\0/tmp/a b',
  ]);
  expect(targetsOf('autolaunch:')).toEqual([]);
});
