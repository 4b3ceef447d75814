import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type Answer, layOut } from './answer.ts';
import type { Fault } from './faults.ts';

/** How one answer goes out. */
export interface Sending {
  readonly answer: Answer;
  readonly wallNow: number;
  readonly acceptsGzip: boolean;
  readonly fault: Fault | null;
}

/** Below this a packed body would not be smaller. */
const worthPacking = 256;

/** Writes the answer, or as much of it as the fault lets through. */
export function send(response: ServerResponse, { answer, wallNow, acceptsGzip, fault }: Sending): void {
  const { bytes, type } = answer.body === undefined ? { bytes: Buffer.alloc(0), type: null } : layOut(answer);
  const isBroken = fault?.kind === 'broken-json' || fault?.kind === 'cut' || fault?.kind === 'drip';
  const isPacked = acceptsGzip && bytes.length > worthPacking && !isBroken;
  const body = isPacked ? gzipSync(bytes) : bytes;
  const id = randomUUID();
  // The service's own clock, also where it is wrong.
  response.sendDate = false;
  response.writeHead(answer.status, {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    date: new Date(wallNow).toUTCString(),
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': id,
    ...(type === null ? {} : { 'content-type': type, vary: 'Accept-Encoding' }),
    ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    'content-length': String(fault?.kind === 'broken-json' ? Math.floor(body.length / 2) : body.length),
    ...answer.headers,
  });
  switch (fault?.kind) {
    case 'broken-json':
      response.end(body.subarray(0, Math.floor(body.length / 2)));
      return;
    case 'cut':
      // The rest was promised and never comes.
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
      return;
    case 'drip':
      drip(response, body, fault);
      return;
    default:
      response.end(body);
  }
}

function drip(response: ServerResponse, body: Buffer, { bytes, everyMs }: { bytes: number; everyMs: number }): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at >= body.length) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(body.subarray(at, at + bytes));
    at += bytes;
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}
