import { connect, type Socket } from 'node:net';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';

/**
 * A local socket that carries one JSON value per line, as QEMU's monitor and its guest agent speak. The other side is not
 * trusted: a line that is too long closes the connection.
 */
export interface JsonLineSocket {
  /** Dropped silently once closed. */
  send(value: unknown): void;
  /** As `send`, with a byte in front that tells the guest agent to forget what it read before. */
  sendAfterReset(value: unknown): void;
  close(): void;
}

export interface JsonLineListeners {
  /** Lines that are not JSON objects never arrive here. */
  readonly line: (value: Readonly<Record<string, unknown>>) => void;
  /** Once, whoever closed it. */
  readonly closed: (reason: string) => void;
}

export interface JsonLineLimits {
  readonly timeoutMs: number;
  readonly signal?: StopSignal;
  /** A longer line closes the connection; 4 MiB when absent. */
  readonly maxLineBytes?: number;
  /** Everything that is taken over the whole life of the connection; without a limit when absent. */
  readonly maxBytes?: number;
}

const defaultMaxLineBytes = 4 * 1024 * 1024;
const resetByte = 0xff;

/** Rejects with `unreachable` and Node's error as its cause, so that a refused connection can be told from a missing file. */
export function openJsonLineSocket(
  path: string,
  listeners: JsonLineListeners,
  options: JsonLineLimits,
): Promise<JsonLineSocket> {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted) {
      reject(new VigilError('cancelled', 'Cancelled.'));
      return;
    }
    const socket = connect(path);
    const fail = (error: VigilError) => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(new VigilError('cancelled', 'Cancelled.'));
    const limit = setTimeout(
      () => fail(new VigilError('timeout', 'QEMU did not take the connection in time.')),
      options.timeoutMs,
    );
    const settle = () => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    // Stays for the socket's whole life: an error without a listener would end the engine. Only the first one settles.
    socket.on('error', (cause) =>
      fail(new VigilError('unreachable', `QEMU's socket cannot be reached: ${cause.message}.`, { cause })),
    );
    socket.once('connect', () => {
      settle();
      listen(socket, listeners, options);
      resolve(jsonLineSocket(socket));
    });
  });
}

function jsonLineSocket(socket: Socket): JsonLineSocket {
  const write = (data: Buffer | string) => {
    if (!socket.destroyed && socket.writable) socket.write(data);
  };
  return {
    send: (value) => write(`${JSON.stringify(value)}\n`),
    sendAfterReset: (value) => write(Buffer.concat([Buffer.of(resetByte), Buffer.from(`${JSON.stringify(value)}\n`)])),
    close: () => socket.destroy(),
  };
}

function listen(socket: Socket, listeners: JsonLineListeners, limits: JsonLineLimits): void {
  const { maxBytes = Number.POSITIVE_INFINITY, maxLineBytes = defaultMaxLineBytes } = limits;
  let pieces: Buffer[] = [];
  let size = 0;
  let total = 0;
  let reason = 'the other side closed the connection';
  const refuse = (why: string) => {
    reason = why;
    socket.destroy();
  };
  socket.on('data', (chunk: Buffer) => {
    total += chunk.length;
    if (total > maxBytes) {
      refuse(`it said more than ${maxBytes} bytes`);
      return;
    }
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0 && !socket.destroyed; end = rest.indexOf(0x0a)) {
      const line = Buffer.concat([...pieces, rest.subarray(0, end)]);
      pieces = [];
      size = 0;
      rest = rest.subarray(end + 1);
      const value = parseLine(line);
      if (value !== null) listeners.line(value);
    }
    if (rest.length === 0) return;
    pieces.push(rest);
    size += rest.length;
    if (size > maxLineBytes) refuse(`a line longer than ${maxLineBytes} bytes`);
  });
  socket.once('end', () => socket.destroy());
  socket.once('close', () => listeners.closed(reason));
}

function parseLine(line: Buffer): Readonly<Record<string, unknown>> | null {
  // After a sync the agent puts the reset byte before its answer; whatever stands before it is stale.
  const text = line.subarray(line.lastIndexOf(resetByte) + 1).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
