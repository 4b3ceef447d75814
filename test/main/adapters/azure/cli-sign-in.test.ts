import { describe, expect, it } from 'vitest';
import { createCliSignIn, expiryOf } from '../../../../main/adapters/azure/cli-sign-in.ts';
import { cloudOf } from '../../../../main/adapters/azure/clouds.ts';
import type { AzureConfig } from '../../../../main/engine/ports/azure.ts';
import type { CommandResult } from '../../../../main/engine/ports/processes.ts';

const config: AzureConfig = {
  way: 'cli',
  cloud: 'us-government',
  tenant: 'organizations',
  clientId: '',
  keeping: 'vault',
  resourceManagerUrl: '',
  signInUrl: '',
  audience: '',
  caFile: '',
};

function cli(answer: Partial<CommandResult>, isThere = true) {
  const ran: (readonly string[])[] = [];
  const source = createCliSignIn({
    platform: 'linux',
    config: () => config,
    cloud: () => cloudOf(config),
    processes: {
      find: async (program) => (isThere ? `/usr/bin/${program}` : null),
      run: async (_program, args) => {
        ran.push(args);
        return { exitCode: 0, signal: null, stdout: '', stderr: '', ...answer };
      },
    },
  });
  return { source, ran };
}

const plain = { fresh: false, claims: null };

describe('an Azure CLI that is signed in', () => {
  it('is asked for a token of the cloud in question, by the tenant', async () => {
    const { source, ran } = cli({ stdout: '{"accessToken":"T","expires_on":1698760750,"expiresOn":"2001-01-01"}' });
    expect(await source.token('contoso', plain)).toEqual({ token: 'T', expiresAt: 1_698_760_750_000 });
    expect(ran[0]).toEqual([
      'account',
      'get-access-token',
      '--resource',
      'https://management.usgovcloudapi.net',
      '--tenant',
      'contoso',
      '--output',
      'json',
    ]);
  });

  it('gives no tenant when none is meant', async () => {
    const { source, ran } = cli({ stdout: '{"accessToken":"T","expires_on":"1698760750"}' });
    await source.token('organizations', plain);
    expect(ran[0]).not.toContain('--tenant');
  });

  it.each([
    ['is not there', false, {}, /not installed/],
    [
      'wants its person',
      true,
      { exitCode: 1, stderr: "Please run 'az login' to setup account." },
      /not signed in any more/,
    ],
  ])('means that nobody is signed in when it %s', async (_how, isThere, answer, sentence) => {
    const { source } = cli(answer, isThere);
    await expect(source.token('t', plain)).rejects.toMatchObject({
      code: 'VIGIL_SIGNED_OUT',
      message: expect.stringMatching(sentence),
    });
    expect(await source.account()).toBeNull();
  });

  it.each(['no json', '{}', '[]', '{"accessToken":""}'])('gives no token by answering %s', async (stdout) => {
    await expect(cli({ stdout }).source.token('t', plain)).rejects.toMatchObject({ code: 'VIGIL_CLI' });
  });
});

describe('when a token of the CLI ends', () => {
  it('is read from the seconds where they are told, which know no zone', () => {
    expect(expiryOf({ expires_on: 5, expiresOn: '2023-10-31 21:59:10.000000' })).toBe(5000);
  });
  it('is read as local time of an older CLI', () => {
    expect(expiryOf({ expiresOn: '2023-10-31 21:59:10.000000' })).toBe(new Date(2023, 9, 31, 21, 59, 10).getTime());
  });
  it('is over when it cannot be read', () => {
    expect(expiryOf({ expiresOn: 'soon' })).toBe(0);
    expect(expiryOf({})).toBe(0);
  });
});
