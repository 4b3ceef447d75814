import type { AzureFault, AzureFaultKind } from '../../engine/ports/azure.ts';
import { usualWaitMs } from './retry-after.ts';
import { veilTokens } from './veil-tokens.ts';

/** What went wrong, as far as the libraries and the connection tell. */
export interface Trouble {
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  /** Azure's code (`AuthorizationFailed`) or that of the connection (`ENOTFOUND`). */
  readonly code: string | null;
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** Azure's own number for the request. */
  readonly requestId: string | null;
  /** By how much our clock goes ahead, milliseconds; null when it is not known. */
  readonly clockAheadMs: number | null;
}

/** Beyond that a wrong clock is named as the likely cause. */
export const clockDoubtMs = 300_000;

const names = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);
const notReached = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
const certificates = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS/;
const capacity = new Set([
  'allocationfailed',
  'zonalallocationfailed',
  'overconstrainedallocationrequest',
  'overconstrainedzonalallocationrequest',
  'skunotavailable',
]);
const busy = new Set(['conflict', 'anotheroperationinprogress', 'operationpreempted', 'operationpreemptedbyanother']);
const tenants = new Set(['invalidauthenticationtokentenant', 'subscriptionnotfound']);

/** The clear sentence for every way in which a call can go wrong. */
export function faultOf(trouble: Trouble): AzureFault {
  const code = trouble.code ?? '';
  const low = code.toLowerCase();
  const said = clean(trouble.message);
  const make = (kind: AzureFaultKind, message: string, hint: string | null): AzureFault => ({
    kind,
    message: trouble.requestId === null ? message : `${message} (Azure's number ${trouble.requestId})`,
    hint,
    retryAfterMs: trouble.retryAfterMs,
  });
  if (low === 'vigil_cancelled' || code === 'ABORT_ERR') return make('cancelled', 'It was given up.', null);
  if (low === 'vigil_signed_out')
    return make('signed-out', said || 'Nobody is signed in to Azure.', 'Sign in: vigil azure login');
  if (low === 'vigil_said' || low === 'vigil_cli') return make('refused', said, null);
  if (low === 'vigil_sign_in') return make('refused', `The sign-in did not succeed: ${said}`, null);
  if (low === 'vigil_garbled') return make('garbled', said, garbledHint);
  if (low === 'vigil_timeout')
    return make('cut', 'Azure did not answer in time.', 'Vigil asks again; look at the network if it stays so.');
  if (capacity.has(low))
    return make(
      'capacity',
      `Azure has no room for this size now: ${said}`,
      'Try later, or another size: vigil azure resize NAME --size SIZE',
    );
  if (trouble.status === null) return connectionFault(make, code, said, trouble);
  switch (true) {
    case trouble.status === 401:
      return make(
        tenants.has(low) ? 'wrong-tenant' : 'signed-out',
        tenants.has(low)
          ? 'This subscription belongs to another tenant than the account is signed in to.'
          : isOff(trouble)
            ? `Azure does not take the sign-in, and the clock of this computer is wrong by ${minutes(trouble)} minutes.`
            : 'Azure does not take the sign-in any more.',
        isOff(trouble) ? 'Set the clock of this computer.' : 'Sign in again: vigil azure login',
      );
    case trouble.status === 403 && tenants.has(low):
      return make(
        'wrong-tenant',
        'This subscription belongs to another tenant than the account is signed in to.',
        null,
      );
    case trouble.status === 403:
      return make(
        'forbidden',
        `The account has no right to do this: ${said}`,
        'Ask the owner of the subscription for the role Reader to look, Virtual Machine Contributor to act. A new role takes some minutes.',
      );
    case trouble.status === 404 && tenants.has(low):
      return make(
        'wrong-tenant',
        'Azure does not know this subscription in the tenant of the account.',
        'Sign in to the tenant it belongs to: vigil azure login --tenant TENANT',
      );
    case trouble.status === 404:
      return make('not-found', 'It is not there any more: somebody deleted or moved it in Azure.', null);
    case trouble.status === 429 || low === 'toomanyrequests':
      return {
        ...make(
          'throttled',
          'Azure asks to be left alone for a while: too many requests.',
          'Vigil waits as long as Azure says.',
        ),
        retryAfterMs: trouble.retryAfterMs ?? usualWaitMs,
      };
    case trouble.status === 409 || trouble.status === 412 || busy.has(low):
      if (trouble.status === 409 && !busy.has(low) && low === 'operationnotallowed')
        return make('refused', `Azure does not allow it: ${said}`, quotaHint);
      return make(
        'busy',
        'Someone else is acting on this machine: another change of it is under way in Azure.',
        'Wait for it to end, look again, and ask again if it is still needed.',
      );
    case trouble.status >= 500 || trouble.status === 408:
      return make(
        'unavailable',
        `Azure itself has a fault now (${trouble.status}${code === '' ? '' : `, ${code}`}).`,
        'Nothing is wrong with the machine because of that; Vigil asks again.',
      );
    case trouble.status >= 300 && trouble.status < 400:
      return make('garbled', 'Something between here and Azure leads elsewhere.', garbledHint);
    case low === 'operationnotallowed':
      return make('refused', `Azure does not allow it: ${said}`, quotaHint);
    case low === 'parse_error' || trouble.status < 300:
      return make('garbled', 'The answer of Azure was cut off or is none.', garbledHint);
    default:
      return make('refused', `Azure refused it${code === '' ? '' : ` (${code})`}: ${said}`, null);
  }
}

const garbledHint = 'Is this a network that wants a sign-in of its own, or a proxy that changes what passes?';
const quotaHint = 'It may be a quota of the subscription: look under Usage + quotas in the portal.';

function connectionFault(
  make: (kind: AzureFaultKind, message: string, hint: string | null) => AzureFault,
  code: string,
  said: string,
  trouble: Trouble,
): AzureFault {
  if (code === 'PARSE_ERROR') return make('garbled', 'The answer of Azure was cut off or is none.', garbledHint);
  if (names.has(code))
    return make(
      'unreachable',
      'The name of Azure cannot be looked up now.',
      'Look at the network of this computer and its DNS.',
    );
  if (notReached.has(code))
    return make('unreachable', 'Azure cannot be reached from here now.', 'Look at the network of this computer.');
  if (certificates.test(code)) {
    return make(
      'unreachable',
      isOff(trouble)
        ? `Azure's certificate is not valid at this moment, and the clock of this computer is wrong by ${minutes(trouble)} minutes.`
        : `Azure could not prove that it is Azure (${code}).`,
      'Look at the clock of this computer, and at a proxy that opens secured connections.',
    );
  }
  return make('cut', `The connection to Azure broke${code === '' ? '' : ` (${code})`}: ${said}`, 'Vigil looks again.');
}

function isOff({ clockAheadMs }: Trouble): boolean {
  return clockAheadMs !== null && Math.abs(clockAheadMs) > clockDoubtMs;
}

function minutes({ clockAheadMs }: Trouble): number {
  return Math.round(Math.abs(clockAheadMs ?? 0) / 60_000);
}

/** Azure's words are the words of others: one line, without tokens or control characters, not too long. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = veilTokens(text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim());
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
