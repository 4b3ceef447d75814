import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import { ArmTrouble, refusalOf } from './arm-policy.ts';
import type { Trouble } from './fault-of.ts';
import { retryAfterMs } from './retry-after.ts';

interface Surroundings {
  readonly signal: StopSignal;
  readonly clockAheadMs: number | null;
  readonly wallNowMs: number;
}

const failedOperation = /^The long-running operation has failed(?:\. (\w+)\. ([\s\S]*))?$/;

/** Whatever was thrown, as facts. The libraries throw many kinds; what they have in common is read, nothing is guessed. */
export function troubleOf(error: unknown, { signal, clockAheadMs, wallNowMs }: Surroundings): Trouble {
  const trouble = (parts: Partial<Trouble>): Trouble => ({
    status: null,
    code: null,
    message: error instanceof Error ? error.message : String(error),
    retryAfterMs: null,
    requestId: null,
    clockAheadMs,
    ...parts,
  });
  if (signal.aborted) return trouble({ code: 'VIGIL_CANCELLED' });
  // Given up before it left, and not by the caller: by the limit for the whole call.
  if (error instanceof VigilError && error.code === 'cancelled') return trouble({ code: 'VIGIL_TIMEOUT' });
  if (error instanceof VigilError) return trouble({ status: 400, code: 'VIGIL_SAID' });
  if (error instanceof ArmTrouble) {
    return trouble({ status: error.statusCode ?? null, code: error.code, retryAfterMs: error.waitMs });
  }
  if (!(error instanceof Error)) return trouble({});
  if (error.name === 'AbortError') return trouble({ code: 'VIGIL_TIMEOUT' });
  if (error.message === 'Operation was canceled') {
    return trouble({ status: 400, code: 'Canceled', message: 'Azure broke it off, or another order took its place.' });
  }
  const failed = failedOperation.exec(error.message);
  if (failed !== null) {
    return trouble({ status: 400, code: failed[1] ?? null, message: failed[2] ?? 'it did not say why.' });
  }
  const code = textOf(error, 'code') ?? textOf(error.cause, 'code');
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;
  const header = headersOf(error);
  return trouble({
    status,
    code,
    message: saidIn(error) ?? error.message,
    retryAfterMs: retryAfterMs(header, wallNowMs),
    requestId: header('x-ms-request-id') ?? null,
  });
}

function textOf(holder: unknown, key: string): string | null {
  if (typeof holder !== 'object' || holder === null || !(key in holder)) return null;
  const value: unknown = Reflect.get(holder, key);
  return typeof value === 'string' ? value : null;
}

function headersOf(error: Error): (name: string) => string | undefined {
  const response: unknown = Reflect.get(error, 'response');
  const headers: unknown = typeof response === 'object' && response !== null ? Reflect.get(response, 'headers') : null;
  return (name) => {
    if (typeof headers !== 'object' || headers === null) return undefined;
    const get: unknown = Reflect.get(headers, 'get');
    const value: unknown = typeof get === 'function' ? Reflect.apply(get, headers, [name]) : Reflect.get(headers, name);
    return typeof value === 'string' ? value : undefined;
  };
}

/** Of a page that was refused the libraries tell the status alone: what Azure said of it was heard on its way. */
function saidIn(error: Error): string | null {
  if (!error.message.startsWith('Pagination failed')) return null;
  const request: unknown = Reflect.get(error, 'request');
  return typeof request === 'object' && request !== null ? refusalOf(request) : null;
}
