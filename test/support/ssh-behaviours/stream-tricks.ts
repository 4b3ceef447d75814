import { connect, type Socket } from 'node:net';

/** Ways to send bytes that no good server has. All end with their socket. */

/** A little at a time, for as long as it may. */
export function drip(socket: Socket, text: string): void {
  let at = 0;
  const next = () => {
    if (socket.destroyed) return;
    socket.write(text[at++ % text.length] ?? '');
    setTimeout(next, 20);
  };
  next();
}

/** As much as is taken, for as long as it may. */
export function pour(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

/** The begin of a packet of 1 KiB, byte by byte. */
export function dripPacket(socket: Socket): void {
  drip(socket, `\0\0\u0004\u0004\u0006${'a'.repeat(2000)}`);
}

/** Passes on what the server at `port` sends, up to `bytes`; then nothing more, or the end. */
export function relayUntil(socket: Socket, port: number, bytes: number, then: 'silence' | 'end'): void {
  let left = bytes;
  const upstream = connect(port, '127.0.0.1');
  upstream.on('error', () => {});
  upstream.on('data', (chunk) => {
    const passed = chunk.subarray(0, left);
    left -= passed.length;
    if (passed.length > 0) socket.write(passed);
    if (left === 0 && then === 'end') socket.end();
  });
  socket.on('data', (chunk) => upstream.write(chunk));
  socket.on('close', () => upstream.destroy());
}

/** Takes in whatever still comes and answers nothing. */
export function fallSilent(socket: Socket): void {
  socket.removeAllListeners('data');
  socket.on('data', () => {});
}
