import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  type AuthenticationResult,
  type DeviceCodeRequest,
  InteractionRequiredAuthError,
  PublicClientApplication,
  ServerError,
} from '@azure/msal-node';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { accountClients } from '../support/azure-double/account-clients.ts';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { listed } from '../support/azure-double/client-options.ts';
import { computeClient } from '../support/azure-double/compute-client.ts';
import type { MovableClock } from '../support/azure-double/movable-clock.ts';
import { atBrowser, type Deed } from '../support/azure-double/person-at-browser.ts';
import { plainly } from '../support/azure-double/plain-request.ts';
import { eventually } from '../support/eventually.ts';

const scopes = ['https://management.azure.com/.default'];
const usual = getCACertificates('default');

let azure: AzureDouble & { readonly clock: MovableClock };
let client: PublicClientApplication;

beforeEach(async () => {
  azure = await startAzureDouble();
  setDefaultCACertificates([...usual, azure.ca]);
  client = new PublicClientApplication({
    auth: {
      clientId: '33333333-3333-3333-3333-333333333333',
      authority: azure.authority,
      knownAuthorities: [azure.host],
      clientCapabilities: ['CP1'],
    },
  });
});
afterEach(() => azure.close());
afterAll(() => setDefaultCACertificates(usual));

function signIn(deed: Deed, done: (status: number | null) => void = () => undefined): Promise<AuthenticationResult> {
  return client.acquireTokenInteractive({
    scopes,
    prompt: 'select_account',
    openBrowser: async (url) => done(await atBrowser(url, azure.ca, deed)),
  });
}

function byDevice(change: Partial<DeviceCodeRequest> = {}): Promise<AuthenticationResult | null> {
  azure.login.deviceIntervalSeconds = 0.01;
  return client.acquireTokenByDeviceCode({ scopes, deviceCodeCallback: () => undefined, ...change });
}

const polls = (): number => azure.requests.filter(({ path }) => path.endsWith('/token')).length;

async function bearer(token: string): Promise<{ status: number; code: unknown; challenge: string }> {
  const answer = await plainly(azure, '/subscriptions?api-version=2022-12-01', {
    isAnonymous: true,
    headers: { authorization: `Bearer ${token}` },
  });
  const code: unknown = answer.status === 200 ? null : JSON.parse(answer.body).error.code;
  return { status: answer.status, code, challenge: String(answer.headers['www-authenticate'] ?? '') };
}

test('13.1 a missing, foreign, expired or misdirected token is refused, each with its own code', async () => {
  const { tokens, login, world } = azure;
  const good = tokens.issue(login.person, world.homeTenant.id).token;
  const other = tokens.issue(login.person, world.homeTenant.id, 'https://graph.microsoft.com').token;
  const none = await plainly(azure, '/subscriptions?api-version=2022-12-01', { isAnonymous: true });

  expect((await bearer(good)).status).toBe(200);
  expect([none.status, JSON.parse(none.body).error.code]).toEqual([401, 'AuthenticationFailed']);
  expect(none.headers['www-authenticate']).toContain(`login.windows.net/${world.homeTenant.id}`);
  expect(await bearer(other)).toMatchObject({ status: 401, code: 'InvalidAuthenticationTokenAudience' });
  expect(await bearer(`${good}x`)).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' });
  azure.clock.advance(3_600_000);
  expect(await bearer(good)).toMatchObject({ status: 401, code: 'ExpiredAuthenticationToken' });
});

test('13.28 a claims challenge makes the SDK ask for a better token, and only that one is let in', async () => {
  azure.tokens.challenge('insufficient_claims');
  const { subscriptions } = accountClients(azure, azure.world.addSubscription().id);

  expect(await listed(subscriptions.subscriptions.list())).toHaveLength(1);
  expect(azure.requests.map(({ status }) => status)).toEqual([401, 200]);
});

test('13.28 a revoked session is told in another form, which only the SDK of subscriptions answers', async () => {
  azure.tokens.challenge('invalid_token');
  const { id } = azure.world.addSubscription();
  const [compute, { subscriptions }] = [computeClient(azure, id), accountClients(azure, id)];

  await expect(listed(compute.virtualMachines.listAll())).rejects.toMatchObject({ statusCode: 401 });
  expect(await listed(subscriptions.subscriptions.list())).toHaveLength(1);
  expect((await bearer((await azure.credential().getToken('')).token)).challenge).toMatch(
    /error="invalid_token".*claims="/,
  );
});

test('13.29 a device flow waits, slows down, and ends with a token', async () => {
  const flow = byDevice();
  const [grant] = await eventually('the code', () =>
    azure.login.grants.devices.length > 0 ? azure.login.grants.devices : null,
  );
  await eventually('a first poll', () => polls() > 0);
  azure.login.approveDevice(grant?.userCode ?? '');

  const result = await flow;
  expect((await bearer(result?.accessToken ?? '')).status).toBe(200);
  expect(result?.account?.username).toBe(azure.login.person.username);
});

test('13.29 a device flow that polls too fast is told so, one that is declined or too late ends', async () => {
  const begun = byDevice();
  const [slow] = await eventually('the code', () =>
    azure.login.grants.devices.length > 0 ? azure.login.grants.devices : null,
  );
  if (slow === undefined) throw new Error('There is no code.');
  azure.login.declineDevice(slow.userCode);
  await expect(begun).rejects.toThrow(/authorization_declined/);

  const form = { method: 'POST', isAnonymous: true, body: `grant_type=device_code&device_code=${slow.deviceCode}` };
  const ask = async (): Promise<unknown> =>
    JSON.parse((await plainly(azure, '/organizations/oauth2/v2.0/token', form)).body).error;
  slow.status = 'pending';
  slow.slowDowns = 1;
  expect([await ask(), await ask()]).toEqual(['slow_down', 'authorization_pending']);
  azure.clock.advance(azure.login.deviceLifetimeSeconds * 1000);
  expect(await ask()).toBe('expired_token');
});

test('13.29 a refresh hands out a new refresh token and refuses the old one', async () => {
  const { account } = await signIn('sign-in');
  if (account === null) throw new Error('Nobody signed in.');
  const first = await client.acquireTokenSilent({ scopes, account, forceRefresh: true });
  const second = await client.acquireTokenSilent({ scopes, account, forceRefresh: true });
  expect(first.accessToken).not.toBe(second.accessToken);

  const used = new URLSearchParams(azure.requests.findLast(({ path }) => path.endsWith('/token'))?.body);
  const again = await plainly(azure, '/organizations/oauth2/v2.0/token', { method: 'POST', body: String(used) });
  expect([again.status, JSON.parse(again.body).error]).toEqual([400, 'invalid_grant']);
});

test('13.29 a revoked sign-in and one that needs more proof fail in the forms that MSAL tells apart', async () => {
  const { account } = await signIn('sign-in');
  if (account === null) throw new Error('Nobody signed in.');
  const silent = (): Promise<AuthenticationResult> =>
    client.acquireTokenSilent({ scopes, account, forceRefresh: true });

  azure.login.tokenEndpoint.interactionRequired = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
  const asked = await silent().catch((error: unknown) => error);
  azure.login.tokenEndpoint.interactionRequired = null;
  azure.login.revoke();
  const revoked = await silent().catch((error: unknown) => error);

  expect(asked).toBeInstanceOf(InteractionRequiredAuthError);
  expect(asked).toMatchObject({ errorCode: 'interaction_required', claims: expect.stringContaining('acrs') });
  expect(revoked).toBeInstanceOf(ServerError);
  expect(revoked).not.toBeInstanceOf(InteractionRequiredAuthError);
  expect(revoked).toMatchObject({ errorCode: 'invalid_grant' });
});

test('13.30 the browser brings the code home by POST, with the state, and PKCE is checked', async () => {
  const result = await signIn('sign-in');

  expect((await bearer(result.accessToken)).status).toBe(200);
  const authorize = azure.requests.find(({ path }) => path.endsWith('/authorize'));
  expect(authorize?.query.get('code_challenge_method')).toBe('S256');
  expect(authorize?.query.get('response_mode')).toBe('form_post');

  const form = new URLSearchParams(azure.requests.findLast(({ path }) => path.endsWith('/token'))?.body);
  const code = azure.login.grants.issueCode({
    redirectUri: form.get('redirect_uri') ?? '',
    challenge: 'of-another-verifier',
    nonce: null,
    tenantId: azure.world.homeTenant.id,
  });
  form.set('code', code);
  const stolen = await plainly(azure, '/organizations/oauth2/v2.0/token', { method: 'POST', body: String(form) });
  expect([stolen.status, JSON.parse(stolen.body).error]).toEqual([400, 'invalid_grant']);
});

test('13.30 a wrong state is refused by the application and waiting goes on, a refusal ends it, silence does not', async () => {
  await expect(signIn('cancel')).rejects.toMatchObject({ errorCode: 'access_denied' });
  await expect(signIn('code-in-address')).rejects.toThrow(/form_post/);

  let url = '';
  const statuses: (number | null)[] = [];
  const flow = client.acquireTokenInteractive({
    scopes,
    openBrowser: async (address) => {
      url = address;
      statuses.push(await atBrowser(address, azure.ca, 'nothing'), await atBrowser(address, azure.ca, 'wrong-state'));
    },
  });
  await eventually('both visits', () => statuses.length === 2);
  expect(statuses).toEqual([null, 400]);
  expect(await atBrowser(url, azure.ca)).toBe(200);
  expect((await flow).account?.username).toBe(azure.login.person.username);
});

test('13.31 one account gets tokens for each of its tenants', async () => {
  const elsewhere = azure.world.addTenant('elsewhere');
  const foreign = azure.world.addSubscription({ tenantId: elsewhere.id });
  foreign.addMachine({ name: 'far-away' });
  const { account } = await signIn('sign-in');
  if (account === null) throw new Error('Nobody signed in.');

  const there = await client.acquireTokenSilent({ scopes, account, authority: `${azure.origin}/${elsewhere.id}` });
  const credential = { getToken: async () => ({ token: there.accessToken, expiresOnTimestamp: Date.now() + 60_000 }) };
  const compute = computeClient(azure, foreign.id, { credential });
  expect((await listed(compute.virtualMachines.listAll())).map(({ name }) => name)).toEqual(['far-away']);
});
