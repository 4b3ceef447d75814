import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installAzureCli } from '../support/azure-double/azure-cli.ts';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { plainly } from '../support/azure-double/plain-request.ts';

const run = promisify(execFile);

let azure: AzureDouble;
let folder: string;

beforeEach(async () => {
  azure = await startAzureDouble();
  folder = mkdtempSync(join(tmpdir(), 'vigil-az-'));
});
afterEach(async () => {
  await azure.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the Azure CLI hands out tokens that the service takes, in the documented form, until it is signed out', async () => {
  const subscription = azure.world.addSubscription();
  const cli = installAzureCli(folder, azure);
  const asked = ['account', 'get-access-token', '--output', 'json', '--resource', 'https://management.azure.com'];

  const { accessToken, expires_on, ...rest } = JSON.parse((await run(cli.program, asked)).stdout);
  expect(rest).toEqual({
    expiresOn: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
    subscription: subscription.id,
    tenant: azure.world.homeTenant.id,
    tokenType: 'Bearer',
  });
  const taken = await plainly(azure, '/subscriptions?api-version=2022-12-01', {
    isAnonymous: true,
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect([taken.status, expires_on > Date.now() / 1000]).toEqual([200, true]);

  azure.login.revoke();
  await expect(run(cli.program, asked)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('AADSTS50173'),
  });
  cli.signOut();
  await expect(run(cli.program, ['account', 'show'])).rejects.toMatchObject({
    stderr: expect.stringContaining('az login'),
  });
});
