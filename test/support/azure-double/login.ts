import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { Answer } from './answer.ts';
import { type Call, readForm } from './call.ts';
import { Grants } from './grants.ts';
import { matchPath } from './route.ts';
import { accountPage, devicePage, messagePage, returnPage } from './sign-in-pages.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import type { Tokens } from './tokens.ts';
import type { AzureWorld } from './world.ts';

/** Who signs in. One person, at home in the first tenant and a guest in all others. */
export interface Person {
  readonly objectId: string;
  readonly username: string;
  readonly name: string;
}

/** The sign-in service: what it publishes about itself, its pages, and the door to tokens. */
export class Login {
  readonly person: Person = { objectId: randomUUID(), username: 'dev@example.test', name: 'Dev Eloper' };
  readonly grants: Grants;
  /** Seconds between two polls that a device flow is told. */
  deviceIntervalSeconds = 5;
  deviceLifetimeSeconds = 900;
  origin = '';
  readonly tokenEndpoint: TokenEndpoint;

  readonly #world: AzureWorld;

  constructor(clock: Clock, world: AzureWorld, tokens: Tokens) {
    this.#world = world;
    this.grants = new Grants(clock);
    this.tokenEndpoint = new TokenEndpoint({
      clock,
      world,
      tokens,
      grants: this.grants,
      person: this.person,
      origin: () => this.origin,
    });
  }

  /** The one at the device page says yes to that code. */
  approveDevice(userCode: string): void {
    this.#decideDevice(userCode, 'approved');
  }

  declineDevice(userCode: string): void {
    this.#decideDevice(userCode, 'declined');
  }

  /** From now on no refresh token works: a changed password, an administrator. */
  revoke(): void {
    this.grants.revokeRefreshTokens();
  }

  /** Null when the path is none of the sign-in service's. */
  answer(call: Call): Answer | null {
    const { method, segments } = call;
    const is = (wanted: string, path: string): boolean => method === wanted && matchPath(path, segments) !== null;
    const tenant = segments[0] ?? '';
    if (is('GET', '/common/discovery/instance')) return this.#instanceDiscovery();
    if (is('GET', '/{tenant}/v2.0/.well-known/openid-configuration')) return this.#openIdConfiguration(tenant);
    if (is('GET', '/{tenant}/oauth2/v2.0/authorize')) return this.#authorize(call, tenant);
    if (is('POST', '/{tenant}/oauth2/v2.0/authorize')) return this.#decided(call, tenant);
    if (is('POST', '/{tenant}/oauth2/v2.0/devicecode')) return this.#deviceCode(tenant);
    if (is('POST', '/{tenant}/oauth2/v2.0/token')) return this.tokenEndpoint.answer(call, this.#tenantId(tenant));
    if (is('GET', '/common/oauth2/deviceauth')) return page(devicePage(`${this.origin}/common/oauth2/deviceauth`));
    if (is('POST', '/common/oauth2/deviceauth')) return this.#deviceDecided(call);
    return null;
  }

  /** `organizations` and `common` mean the tenant where the person is at home. */
  #tenantId(name: string): string {
    return (
      this.#world.tenants.find(({ id }) => id.toLowerCase() === name.toLowerCase())?.id ?? this.#world.homeTenant.id
    );
  }

  #instanceDiscovery(): Answer {
    const host = new URL(this.origin).host;
    return {
      status: 200,
      body: {
        tenant_discovery_endpoint: `${this.origin}/common/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
      },
    };
  }

  #openIdConfiguration(tenant: string): Answer {
    const base = `${this.origin}/${tenant}`;
    return {
      status: 200,
      body: {
        token_endpoint: `${base}/oauth2/v2.0/token`,
        token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
        jwks_uri: `${base}/discovery/v2.0/keys`,
        response_modes_supported: ['query', 'fragment', 'form_post'],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
        scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
        issuer: `${this.origin}/${tenant === 'organizations' || tenant === 'common' ? '{tenantid}' : tenant}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
        end_session_endpoint: `${base}/oauth2/v2.0/logout`,
        claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'name', 'tid', 'preferred_username'],
        tenant_region_scope: null,
        cloud_instance_name: 'microsoftonline.com',
      },
    };
  }

  #authorize({ query }: Call, tenant: string): Answer {
    const redirectUri = query.get('redirect_uri') ?? '';
    const problem = !/^http:\/\/localhost(:\d+)?\/?$/.test(redirectUri)
      ? `AADSTS50011: The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application.`
      : query.get('code_challenge_method') !== 'S256' || (query.get('code_challenge') ?? '') === ''
        ? 'AADSTS9002325: Proof Key for Code Exchange is required for cross-origin authorization code redemption.'
        : query.get('response_type') !== 'code' || query.get('response_mode') !== 'form_post'
          ? 'AADSTS70011: The provided request is not supported.'
          : null;
    if (problem !== null)
      return { ...page(messagePage('Sorry, but we are having trouble signing you in.', problem)), status: 400 };
    const kept = ['redirect_uri', 'state', 'code_challenge', 'nonce'];
    const fields = Object.fromEntries(kept.map((name) => [name, query.get(name) ?? '']));
    return page(accountPage(`${this.origin}/${tenant}/oauth2/v2.0/authorize`, this.person.username, fields));
  }

  #decided(call: Call, tenant: string): Answer {
    const form = readForm(call.body);
    const [redirectUri, state] = [form.get('redirect_uri') ?? '', form.get('state') ?? ''];
    if (form.get('choice') !== 'accept') {
      const refused = {
        error: 'access_denied',
        error_description: 'AADSTS65004: User declined to consent to access the app.',
      };
      return page(returnPage(redirectUri, { ...refused, state }));
    }
    const code = this.grants.issueCode({
      redirectUri,
      challenge: form.get('code_challenge') ?? '',
      nonce: form.get('nonce') || null,
      tenantId: this.#tenantId(tenant),
    });
    const clientInfo = this.tokenEndpoint.clientInfo;
    return page(returnPage(redirectUri, { code, client_info: clientInfo, state, session_state: randomUUID() }));
  }

  #deviceCode(tenant: string): Answer {
    const { userCode, deviceCode } = this.grants.issueDeviceCode(this.#tenantId(tenant), this.deviceLifetimeSeconds);
    const address = `${this.origin}/common/oauth2/deviceauth`;
    return {
      status: 200,
      body: {
        user_code: userCode,
        device_code: deviceCode,
        verification_uri: address,
        expires_in: this.deviceLifetimeSeconds,
        interval: this.deviceIntervalSeconds,
        message: `To sign in, use a web browser to open the page ${address} and enter the code ${userCode} to authenticate.`,
      },
    };
  }

  #deviceDecided({ body }: Call): Answer {
    const form = readForm(body);
    const grant = this.grants.device(form.get('code')?.trim() ?? '');
    if (grant === undefined)
      return page(messagePage('Enter code', 'That code did not work. Check the code and try again.'));
    this.#decideDevice(grant.userCode, form.get('choice') === 'accept' ? 'approved' : 'declined');
    return page(messagePage('You have signed in', 'You may now close this window.'));
  }

  #decideDevice(userCode: string, status: 'approved' | 'declined'): void {
    const grant = this.grants.device(userCode);
    if (grant === undefined) throw new Error(`Nobody was given the code ${userCode}.`);
    grant.status = status;
  }
}

function page(html: string): Answer {
  return { status: 200, body: html, layout: 'html' };
}
