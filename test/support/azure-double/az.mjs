// The Azure CLI as far as Vigil asks it: who is signed in, and a token. Its session lies beside the program that a test installed.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';

/** @typedef {{ origin: string, ca: string, refreshToken: string, username: string, tenantId: string, subscriptionId: string }} Session */

const file = path.join(path.dirname(process.argv[1] ?? ''), 'az-session.json');
const [noun, verb, ...rest] = process.argv.slice(2);

/** @param {string} name */
const option = (name) => {
  const at = rest.indexOf(`--${name}`);
  return at < 0 ? undefined : rest[at + 1];
};

/** @param {string} text @returns {never} */
function fail(text) {
  process.stderr.write(`ERROR: ${text}\n`);
  process.exit(1);
}

/** @returns {Session} */
function session() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return fail("Please run 'az login' to setup account.");
  }
}

/** @param {Session} signedIn @param {string} tenant @param {string} resource @returns {Promise<Record<string, any>>} */
function refresh(signedIn, tenant, resource) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    refresh_token: signedIn.refreshToken,
    scope: `${resource.replace(/\/$/, '')}/.default offline_access openid profile`,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const url = `${signedIn.origin}/${tenant}/oauth2/v2.0/token`;
    const sent = request(url, { method: 'POST', headers, ca: signedIn.ca }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve(JSON.parse(body)));
    });
    sent.on('error', reject);
    sent.end(form.toString());
  });
}

if (noun === 'account' && verb === 'show') {
  const { username, tenantId, subscriptionId } = session();
  const user = { name: username, type: 'user' };
  console.log(JSON.stringify({ id: subscriptionId, isDefault: true, state: 'Enabled', tenantId, user }, null, 2));
} else if (noun === 'account' && verb === 'get-access-token') {
  const signedIn = session();
  const tenant = option('tenant') ?? signedIn.tenantId;
  const answer = await refresh(signedIn, tenant, option('resource') ?? 'https://management.core.windows.net/');
  if (answer.error !== undefined)
    fail(`${answer.error_description}\nInteractive authentication is needed. Please run:\naz login`);
  writeFileSync(file, JSON.stringify({ ...signedIn, refreshToken: answer.refresh_token }), { mode: 0o600 });
  const expires = Math.floor(Date.now() / 1000) + answer.expires_in;
  const local = new Date((expires - new Date().getTimezoneOffset() * 60) * 1000).toISOString();
  const told = {
    accessToken: answer.access_token,
    expiresOn: `${local.slice(0, 19).replace('T', ' ')}.000000`,
    expires_on: expires,
    subscription: signedIn.subscriptionId,
    tenant,
    tokenType: 'Bearer',
  };
  console.log(JSON.stringify(told, null, 2));
} else {
  fail(`'${process.argv.slice(2).join(' ')}' is misspelled or not recognized by the system.`);
}
