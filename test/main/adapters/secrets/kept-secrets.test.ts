import { expect, it } from 'vitest';
import { createEnvironmentSecrets } from '../../../../main/adapters/secrets/environment-secrets.ts';
import { openKeptSecrets } from '../../../../main/adapters/secrets/kept-secrets.ts';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Vault } from '../../../../main/engine/ports/vault.ts';

function vaultIn(files: Map<string, string>, broken: readonly string[] = []): Vault {
  return {
    refusal: () => Promise.resolve(null),
    read: (name) =>
      broken.includes(name)
        ? Promise.reject(new VigilError('refused', `${name} cannot be opened.`))
        : Promise.resolve(files.get(name) ?? null),
    write: async (name, text) => void files.set(name, text),
    forget: async (name) => files.delete(name),
  };
}

it('what the environment gives goes before what is kept, and what is kept comes back when it gives nothing', async () => {
  const files = new Map<string, string>();
  const first = await openKeptSecrets(
    createEnvironmentSecrets({ SMTP_PASSWORD: 'of the environment' }),
    vaultIn(files),
  );
  await first.keep('mail password', 'kept');
  expect([first.read('mail password'), first.source('mail password')]).toEqual(['of the environment', 'environment']);
  const second = await openKeptSecrets(createEnvironmentSecrets({}), vaultIn(files));
  expect([second.read('mail password'), second.source('mail password')]).toEqual(['kept', 'store']);
  expect(await second.forget('mail password')).toBe(true);
  expect([second.read('mail password'), second.source('mail password')]).toEqual([null, null]);
  expect(await second.forget('mail password')).toBe(false);
});

it('one that cannot be opened is a trouble of its own slot until it is set again or forgotten', async () => {
  const files = new Map([['channel-slack-address', 'https://kept.test/']]);
  const secrets = await openKeptSecrets(createEnvironmentSecrets({}), vaultIn(files, ['channel-mail-password']));
  expect(secrets.trouble('mail password')).toBe('channel-mail-password cannot be opened.');
  expect(secrets.has('mail password')).toBe(false);
  expect([secrets.read('slack address'), secrets.trouble('slack address')]).toEqual(['https://kept.test/', null]);
  await secrets.keep('mail password', 'new');
  expect([secrets.read('mail password'), secrets.trouble('mail password')]).toEqual(['new', null]);
});

it('a secret that fails to be kept is not in force', async () => {
  const vault = { ...vaultIn(new Map()), write: () => Promise.reject(new VigilError('refused', 'No.')) };
  const secrets = await openKeptSecrets(createEnvironmentSecrets({}), vault);
  await expect(secrets.keep('slack address', 'https://x.test/')).rejects.toMatchObject({ code: 'refused' });
  expect(secrets.has('slack address')).toBe(false);
});

it('a secret is not in what is made of the object for a log or an answer', async () => {
  const secrets = await openKeptSecrets(createEnvironmentSecrets({}), vaultIn(new Map()));
  await secrets.keep('slack address', 'canary');
  expect(JSON.stringify(secrets)).not.toContain('canary');
});
