import { describe, expect, it } from 'vitest';
import { faultOf, type Trouble } from '../../../../main/adapters/azure/fault-of.ts';

const fault = (parts: Partial<Trouble>) =>
  faultOf({ status: null, code: null, message: '', retryAfterMs: null, requestId: null, clockAheadMs: 0, ...parts });

describe('what can go wrong with Azure', () => {
  it.each<[string, Partial<Trouble>, string, RegExp]>([
    ['401', { status: 401, code: 'ExpiredAuthenticationToken' }, 'signed-out', /does not take the sign-in/],
    ['401 and a wrong clock', { status: 401, clockAheadMs: 600_000 }, 'signed-out', /clock .* wrong by 10 minutes/],
    [
      '401 of another tenant',
      { status: 401, code: 'InvalidAuthenticationTokenTenant' },
      'wrong-tenant',
      /another tenant/,
    ],
    [
      '403',
      { status: 403, code: 'AuthorizationFailed', message: 'no start/action' },
      'forbidden',
      /no right .*start\/action/,
    ],
    ['404', { status: 404, code: 'ResourceNotFound' }, 'not-found', /not there any more/],
    ['409', { status: 409, code: 'Conflict' }, 'busy', /Someone else is acting/],
    [
      '409 of a quota',
      { status: 409, code: 'OperationNotAllowed', message: 'quota' },
      'refused',
      /does not allow it: quota/,
    ],
    ['429', { status: 429, retryAfterMs: 1_200_000 }, 'throttled', /left alone/],
    ['500', { status: 500 }, 'unavailable', /Azure itself has a fault now \(500\)/],
    ['503', { status: 503, code: 'ServerBusy' }, 'unavailable', /503, ServerBusy/],
    ['529', { status: 529 }, 'unavailable', /529/],
    ['no room', { status: 200, code: 'AllocationFailed', message: 'full' }, 'capacity', /no room for this size/],
    ['HTML with 200', { code: 'VIGIL_GARBLED', message: 'The answer is none.' }, 'garbled', /answer is none/],
    ['truncated JSON', { status: 200, code: 'PARSE_ERROR' }, 'garbled', /cut off/],
    ['a redirect', { status: 302 }, 'garbled', /leads elsewhere/],
    ['DNS gone', { code: 'ENOTFOUND' }, 'unreachable', /cannot be looked up/],
    ['no network', { code: 'ENETUNREACH' }, 'unreachable', /cannot be reached/],
    ['a foreign certificate', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'unreachable', /could not prove/],
    [
      'a certificate and a wrong clock',
      { code: 'CERT_HAS_EXPIRED', clockAheadMs: -900_000 },
      'unreachable',
      /15 minutes/,
    ],
    ['a reset', { code: 'ECONNRESET' }, 'cut', /broke/],
    ['silence', { code: 'VIGIL_TIMEOUT' }, 'cut', /did not answer in time/],
    ['nobody signed in', { code: 'VIGIL_SIGNED_OUT' }, 'signed-out', /Nobody is signed in/],
    ['given up', { code: 'VIGIL_CANCELLED' }, 'cancelled', /given up/],
  ])('%s is a clear state and sentence', (_name, parts, kind, sentence) => {
    const { kind: told, message } = fault(parts);
    expect({ told, message }).toEqual({ told: kind, message: expect.stringMatching(sentence) });
  });

  it('says how long to wait, also when Azure did not', () => {
    expect(fault({ status: 429, retryAfterMs: 1_200_000 }).retryAfterMs).toBe(1_200_000);
    expect(fault({ status: 429 }).retryAfterMs).toBe(10_000);
  });

  it('names the number under which Azure finds the request', () => {
    expect(fault({ status: 500, requestId: 'abc-1' }).message).toContain('abc-1');
  });

  it('keeps the words of others on one line and short', () => {
    const { message } = fault({ status: 403, message: `a\u001b[31m\nb${'x'.repeat(5000)}` });
    expect(message).not.toContain('\n');
    expect(message).not.toContain('\u001b');
    expect(message.length).toBeLessThan(500);
  });
});
