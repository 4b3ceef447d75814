import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../../main/adapters/azure/fault-of.ts';
import { veilSent, veilTokens } from '../../../../main/adapters/azure/veil-tokens.ts';

const jwt = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJodHRwczovL21hbmFnZW1lbnQifQ.c2lnbmF0dXJl-_c2ln';

describe('words of others', () => {
  it.each<[string, string, string]>([
    ['a header', `Authorization: Bearer ${jwt} is bad`, 'Authorization: Bearer (not shown) is bad'],
    ['an opaque token', 'Bearer EwBwA8l6BAAU.abc/def+g=', 'Bearer (not shown)'],
    ['a token alone', `no: ${jwt}.`, 'no: (not shown)'],
    ['a token that was cut', `no: ${jwt.slice(0, 60)}`, 'no: (not shown)'],
    ['a form', 'refresh_token=0.AbCdEf&scope=x', 'refresh_token=(not shown)&scope=x'],
    ['JSON', '{"refresh_token": "0.AbCdEf", "n": 1}', '{"refresh_token": "(not shown)", "n": 1}'],
    ['as the Azure CLI writes it', '{"accessToken": "opaque-token"}', '{"accessToken": "(not shown)"}'],
    ['the address of a store', 'GET /log?sv=1&sig=aB%2Bc%3D&sp=r', 'GET /log?sv=1&sig=(not shown)&sp=r'],
    ['a code of a sign-in', '?code=0.AAAabcdefgh&state=1', '?code=(not shown)&state=1'],
    ['what only looks like one', 'error code: 50076, a signal, Basic plan', 'error code: 50076, a signal, Basic plan'],
  ])('are shown without the secret in %s', (_what, said, shown) => {
    expect(veilTokens(said)).toBe(shown);
  });

  it('are shown without what the form held that they answer', () => {
    const form = 'grant_type=refresh_token&refresh_token=M.C5%2Bopaque%2F1&client_id=me';
    expect(veilSent('{"error":"no: M.C5+opaque/1 of me, M.C5%2Bopaque%2F1"}', form)).toBe(
      '{"error":"no: (not shown) of me, (not shown)"}',
    );
    expect(veilSent('no', '')).toBe('no');
  });

  it('become a fault without the token that was said back, for every kind of refusal', () => {
    for (const [status, code] of [
      [400, 'InvalidParameter'],
      [403, 'AuthorizationFailed'],
      [409, 'OperationNotAllowed'],
      [409, 'AllocationFailed'],
      [null, 'ECONNRESET'],
      [400, 'VIGIL_SIGN_IN'],
      [400, 'VIGIL_CLI'],
    ] as const) {
      const told = { status, code, message: `${'x'.repeat(380)} Bearer ${jwt}` };
      const { message } = faultOf({ ...told, retryAfterMs: null, requestId: null, clockAheadMs: null });
      expect(message, code).not.toContain('eyJ');
    }
  });
});
