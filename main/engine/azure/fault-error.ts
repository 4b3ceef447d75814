import { type FailureCode, VigilError } from '../../contract/failure.ts';
import type { AzureFault, AzureFaultKind } from '../ports/azure.ts';

const codes: Readonly<Record<AzureFaultKind, FailureCode>> = {
  'signed-out': 'refused',
  forbidden: 'refused',
  'wrong-tenant': 'refused',
  'not-found': 'not-found',
  busy: 'conflict',
  throttled: 'unreachable',
  capacity: 'refused',
  refused: 'refused',
  unavailable: 'unreachable',
  unreachable: 'unreachable',
  cut: 'timeout',
  garbled: 'unreachable',
  cancelled: 'cancelled',
};

/** What Azure answered, as the error of a call. */
export function faultError({ kind, message, hint, retryAfterMs }: AzureFault): VigilError {
  const wait = kind === 'throttled' && retryAfterMs !== null ? ` Not before ${Math.ceil(retryAfterMs / 1000)} s.` : '';
  return new VigilError(codes[kind], `${message}${wait}`, hint === null ? {} : { hint });
}
