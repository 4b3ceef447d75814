import { createSocket } from 'node:dgram';

/**
 * A name server on port 53 of every address: `hN.test` is 10.99.N.1, and nothing else is there. Run as a program; its first
 * line of output says that it listens.
 */
const socket = createSocket('udp4');

socket.on('message', (query, { address, port }) => {
  const { name, end } = nameIn(query);
  const isAddress = query.readUInt16BE(end) === 1;
  const host = /^h(\d+)\.test$/.exec(name)?.[1];
  const found = host !== undefined && isAddress;
  const header = Buffer.from(query.subarray(0, 12));
  // An answer, recursion available; 3 is "no such name".
  header.writeUInt16BE(0x8180 | (host === undefined ? 3 : 0), 2);
  header.writeUInt16BE(found ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const question = query.subarray(12, end + 4);
  const record = found
    ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 99, Number(host), 1])
    : Buffer.alloc(0);
  socket.send(Buffer.concat([header, question, record]), port, address);
});
socket.bind(53, '0.0.0.0', () => console.log('listening'));

/** The first name a query asks for, and where it ends. */
function nameIn(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}
