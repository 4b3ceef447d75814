import type { Face } from '../contract/calls.ts';
import type { Events } from '../contract/events.ts';
import { VigilError } from '../contract/failure.ts';
import type { Outcome } from '../contract/outcome.ts';

/**
 * What goes over the local socket: frames of a 4-byte big-endian length and that many bytes of JSON.
 * The client speaks first (`hello`), the engine answers with its own `hello`, then calls, outcomes and events follow.
 */

export const protocolVersion = 1;
export const frameLimitBytes = 1_048_576;
const headerBytes = 4;

export interface EngineIdentity {
  readonly pid: number;
  readonly host: Events['engine.connected']['host'];
  readonly version: string;
}

export type ClientFrame =
  | { readonly kind: 'hello'; readonly protocol: number; readonly face: Face }
  | { readonly kind: 'call'; readonly id: number; readonly name: unknown; readonly input: unknown }
  | { readonly kind: 'subscribe' };

export type EngineFrame =
  | { readonly kind: 'hello'; readonly protocol: number; readonly engine: EngineIdentity }
  /** The last frame of a connection that is being refused. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: Outcome }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

/** Throws `refused` when the message does not fit into a frame or is no JSON. */
export function encodeFrame(message: ClientFrame | EngineFrame): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  if (body.length > frameLimitBytes) throw new VigilError('refused', 'The message is larger than 1 MiB.');
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, headerBytes);
  return frame;
}

export interface FrameReader {
  push(chunk: Uint8Array): void;
}

/**
 * Cuts a stream into frames. After `broken` (a frame too large, empty, no UTF-8 or no JSON) it stays silent for good.
 * Memory follows what was really received, never what a header promises.
 */
export function createFrameReader(told: { frame(message: unknown): void; broken(reason: string): void }): FrameReader {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const header = Buffer.alloc(headerBytes);
  let headerFilled = 0;
  let body = Buffer.alloc(0);
  let bodyFilled = 0;
  let bodyLength = 0;
  let dead = false;

  function fail(reason: string): void {
    dead = true;
    body = Buffer.alloc(0);
    told.broken(reason);
  }

  /** Both take what they need from `rest` and tell how much that was. */
  function fillHeader(rest: Uint8Array): number {
    const taken = rest.subarray(0, headerBytes - headerFilled);
    header.set(taken, headerFilled);
    headerFilled += taken.length;
    if (headerFilled < headerBytes) return taken.length;
    bodyLength = header.readUInt32BE(0);
    if (bodyLength === 0) fail('an empty frame');
    else if (bodyLength > frameLimitBytes) fail('a frame larger than 1 MiB');
    return taken.length;
  }

  function fillBody(rest: Uint8Array): number {
    const taken = rest.subarray(0, bodyLength - bodyFilled);
    const needed = bodyFilled + taken.length;
    if (needed > body.length) {
      const grown = Buffer.allocUnsafe(Math.min(bodyLength, Math.max(needed, body.length * 2, 1024)));
      body.copy(grown, 0, 0, bodyFilled);
      body = grown;
    }
    body.set(taken, bodyFilled);
    bodyFilled = needed;
    if (bodyFilled === bodyLength) finish();
    return taken.length;
  }

  function finish(): void {
    const complete = body.subarray(0, bodyLength);
    body = Buffer.alloc(0);
    headerFilled = 0;
    bodyFilled = 0;
    let message: unknown;
    try {
      message = JSON.parse(utf8.decode(complete));
    } catch {
      fail('a frame that is no JSON');
      return;
    }
    told.frame(message);
  }

  return {
    push: (chunk) => {
      let at = 0;
      while (at < chunk.length && !dead) {
        const rest = chunk.subarray(at);
        at += headerFilled < headerBytes ? fillHeader(rest) : fillBody(rest);
      }
    },
  };
}

/** Null for anything that is no frame a client may send. Name and input of a call stay unknown: the dispatcher judges them. */
export function clientFrameOf(message: unknown): ClientFrame | null {
  if (!isRecord(message)) return null;
  switch (message.kind) {
    case 'hello':
      return typeof message.protocol === 'number'
        ? { kind: 'hello', protocol: message.protocol, face: faceOf(message.face) }
        : null;
    case 'call':
      return typeof message.id === 'number' && Number.isSafeInteger(message.id)
        ? { kind: 'call', id: message.id, name: message.name, input: message.input }
        : null;
    case 'subscribe':
      return { kind: 'subscribe' };
    default:
      return null;
  }
}

/** Null for anything that no engine of this protocol sends. */
export function engineFrameOf(message: unknown): EngineFrame | null {
  if (!isRecord(message)) return null;
  switch (message.kind) {
    case 'hello':
      return typeof message.protocol === 'number' && isEngineIdentity(message.engine)
        ? { kind: 'hello', protocol: message.protocol, engine: message.engine }
        : null;
    case 'refused':
      return typeof message.reason === 'string' ? { kind: 'refused', reason: message.reason } : null;
    case 'outcome':
      return typeof message.id === 'number' && isOutcome(message.outcome)
        ? { kind: 'outcome', id: message.id, outcome: message.outcome }
        : null;
    case 'event':
      return typeof message.name === 'string' ? { kind: 'event', name: message.name, payload: message.payload } : null;
    default:
      return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEngineIdentity(value: unknown): value is EngineIdentity {
  return (
    isRecord(value) &&
    typeof value.pid === 'number' &&
    (value.host === 'app' || value.host === 'headless') &&
    typeof value.version === 'string'
  );
}

function isOutcome(value: unknown): value is Outcome {
  if (!isRecord(value)) return false;
  if (value.ok === true) return true;
  return value.ok === false && isRecord(value.error) && typeof value.error.message === 'string';
}

/** A face names itself for the journal's sake; nothing is allowed or refused by it. */
function faceOf(value: unknown): Face {
  return value === 'app' || value === 'cli' ? value : 'socket';
}
