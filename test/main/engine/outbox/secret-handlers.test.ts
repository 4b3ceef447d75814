import { expect, it, vi } from 'vitest';
import { calls } from '../../../../main/contract/calls.ts';
import { createSecretHandlers } from '../../../../main/engine/outbox/secret-handlers.ts';
import { memorySecrets } from '../../../support/memory-secrets.ts';

const canary = 'https://hooks.tests.test/c4n4ry';
const by = { user: 'ada', face: 'cli' } as const;

function rig() {
  const secrets = memorySecrets();
  const [record, changed] = [vi.fn(), vi.fn()];
  return { secrets, record, changed, handlers: createSecretHandlers({ secrets, ledger: { record }, changed }) };
}

it('a secret that is kept is in force at once, and nothing that is answered or written holds it', async () => {
  const { secrets, record, changed, handlers } = rig();
  const answer = await handlers['channel.keep-secret']({ slot: 'slack address', secret: ` ${canary} ` }, by);
  expect(answer).toMatchObject({ slot: 'slack address', source: 'store', variable: 'VIGIL_SLACK_WEBHOOK_URL' });
  expect(secrets.read('slack address')).toBe(canary);
  expect(changed).toHaveBeenCalledOnce();
  const listed = await handlers['channel.secrets']({}, by);
  expect(listed.secrets.filter(({ source }) => source === 'store').map(({ slot }) => slot)).toEqual(['slack address']);
  expect(JSON.stringify([answer, listed, record.mock.calls])).not.toContain('c4n4ry');
  expect(record.mock.calls[0]?.[1]).toMatchObject({ summary: 'ada had the slack address kept in the key store.' });
});

it('one that is forgotten is gone; one that is not there cannot be', async () => {
  const { secrets, handlers } = rig();
  await handlers['channel.keep-secret']({ slot: 'mail password', secret: 'c4n4ry' }, by);
  await handlers['channel.forget-secret']({ slot: 'mail password' }, by);
  expect(secrets.has('mail password')).toBe(false);
  await expect(handlers['channel.forget-secret']({ slot: 'mail password' }, by)).rejects.toMatchObject({
    code: 'not-found',
  });
});

it.each([
  ['slack address', 'c4n4ry'],
  ['webhook address', 'ftp://c4n4ry/'],
  ['application insights connection', 'c4n4ry'],
  ['mail password', '   '],
] as const)('what cannot be a %s is refused in words that do not repeat it', async (slot, secret) => {
  const { secrets, handlers } = rig();
  const refused = await Promise.resolve(handlers['channel.keep-secret']({ slot, secret }, by)).catch(
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ code: 'bad-input', field: 'secret' });
  expect(String(refused)).not.toContain('c4n4ry');
  expect(secrets.has(slot)).toBe(false);
});

it('a text of several lines, or without end, is refused before it is looked at, in words that do not repeat it', () => {
  for (const secret of ['', 'c4n4ry\nx', 'c4n4ry\u0000', `c4n4ry${'x'.repeat(5000)}`]) {
    const { error } = calls['channel.keep-secret'].input.safeParse({ slot: 'mail password', secret });
    expect(error?.message).toBeDefined();
    expect(error?.message).not.toContain('c4n4ry');
  }
});
