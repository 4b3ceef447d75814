/// <reference lib="es2024.arraybuffer" />
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** Between two rests: 25 MiB/s. A pipe fills faster than that only when nobody is meant to read what goes into it. */
const burstBytes = 512 * 1024;
const restMs = 20;
/** For the little that is still in the pipe when nobody is left who could write. */
const lastMs = 1000;

export interface Drain {
  /** Resolves when everything was read, or soon where somebody else still holds the other end. Never rejects. */
  ended(): Promise<void>;
}

/** Reads what a script prints, however fast it does, at a pace that costs us neither our memory nor our turn. */
export function drainSteadily(stream: Readable, add: (chunk: Buffer) => void): Drain {
  let sinceRest = 0;
  const closed = new Promise<void>((resolve) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
  });
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    const { length } = chunk;
    add(chunk);
    giveBack(chunk);
    sinceRest += length;
    if (sinceRest < burstBytes) return;
    sinceRest = 0;
    stream.pause();
    setTimeout(() => stream.resume(), restMs);
  });
  return { ended: () => Promise.race([closed, pause(lastMs, undefined, { ref: false })]) };
}

/** At once, because a collector that sees little of its own heap in use would let tens of MiB of these pile up. */
function giveBack({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
