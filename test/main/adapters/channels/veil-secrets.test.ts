import { describe, expect, it } from 'vitest';
import { veilSecrets } from '../../../../main/adapters/channels/veil-secrets.ts';

const address = 'https://hooks.tests.test/services/T0000AAAA/s3cr3tp4th?sig=s3cr3t%2Fs1gn&v=1';

describe('an answer that repeats a secret', () => {
  it.each([
    ['the whole address', `no such hook ${address}`, 'no such hook (not shown)'],
    [
      'what was asked for',
      'POST /services/T0000AAAA/s3cr3tp4th?sig=s3cr3t%2Fs1gn&v=1 failed',
      'POST (not shown) failed',
    ],
    ['a part of the path', 'team T0000AAAA is gone', 'team (not shown) is gone'],
    ['a value as it is written', 'bad sig s3cr3t%2Fs1gn!', 'bad sig (not shown)!'],
    ['a value as it is meant', 'bad sig s3cr3t/s1gn!', 'bad sig (not shown)!'],
    ['a key', 'wrong key k3y-of-ours.', 'wrong key (not shown).'],
    ['a begin of it where the answer was cut', 'bad path s3cr3tp4', 'bad path (not shown)'],
  ])('says it no more: %s', (_what, said, shown) => {
    expect(veilSecrets(said, [address, 'k3y-of-ours'])).toBe(shown);
  });

  it('control: everything else stays as it was said', () => {
    for (const said of ['404 no_service', 'invalid_payload', 'v=1', '', 'The host hooks.tests.test is busy.'])
      expect(veilSecrets(said, [address, 'k3y-of-ours', 'abc'])).toBe(said);
  });
});
