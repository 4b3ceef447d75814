import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { Answer } from './answer.ts';
import { type Call, readForm } from './call.ts';
import type { Grants } from './grants.ts';
import type { Person } from './login.ts';
import type { Tokens } from './tokens.ts';
import type { AzureWorld } from './world.ts';

export interface TokenEndpointParts {
  readonly clock: Clock;
  readonly world: AzureWorld;
  readonly tokens: Tokens;
  readonly grants: Grants;
  readonly person: Person;
  readonly origin: () => string;
}

type Form = ReadonlyMap<string, string>;

/** Turns grants into tokens, or says in the protocol's words why not. */
export class TokenEndpoint {
  /** The claims that a silent refresh is refused with until somebody signs in again; null: it is not refused. */
  interactionRequired: string | null = null;
  readonly #parts: TokenEndpointParts;
  readonly #secret = randomBytes(32);

  constructor(parts: TokenEndpointParts) {
    this.#parts = parts;
  }

  /** Who the account is, across tenants. */
  get clientInfo(): string {
    return encode({ uid: this.#parts.person.objectId, utid: this.#parts.world.homeTenant.id });
  }

  answer(call: Call, tenantId: string): Answer {
    const form = readForm(call.body);
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#byCode(form);
      case 'refresh_token':
        return this.#byRefreshToken(form, tenantId);
      case 'device_code':
      case 'urn:ietf:params:oauth:grant-type:device_code':
        return this.#byDevice(form);
      default:
        return this.#refuse('unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    }
  }

  #byCode(form: Form): Answer {
    const [code = '', redirectUri = '', verifier = ''] = ['code', 'redirect_uri', 'code_verifier'].map((name) =>
      form.get(name),
    );
    const grant = this.#parts.grants.redeemCode(code, redirectUri, verifier);
    if (grant === null)
      return this.#refuse(
        'invalid_grant',
        501481,
        'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
      );
    this.interactionRequired = null;
    return this.#tokens(form, grant.tenantId, grant.nonce);
  }

  #byRefreshToken(form: Form, tenantId: string): Answer {
    if (this.interactionRequired !== null)
      return this.#refuse(
        'interaction_required',
        50076,
        'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.',
        { claims: this.interactionRequired, suberror: 'basic_action' },
      );
    if (!this.#parts.grants.redeemRefreshToken(form.get('refresh_token') ?? ''))
      return this.#refuse(
        'invalid_grant',
        50173,
        'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
      );
    return this.#tokens(form, tenantId, null);
  }

  #byDevice(form: Form): Answer {
    const grant = this.#parts.grants.device(form.get('device_code') ?? '');
    if (grant === undefined || grant.status === 'used')
      return this.#refuse('invalid_grant', 70002, 'The device code is not valid.');
    if (grant.expiresAt <= this.#parts.clock.wallNow())
      return this.#refuse('expired_token', 70020, 'The device code has expired.');
    if (grant.status === 'declined')
      return this.#refuse('authorization_declined', 70018, 'The end user declined the authorization request.');
    if (grant.slowDowns > 0) {
      grant.slowDowns -= 1;
      return this.#refuse('slow_down', 70019, 'The client polls too often.');
    }
    if (grant.status === 'pending')
      return this.#refuse(
        'authorization_pending',
        70016,
        'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
      );
    grant.status = 'used';
    this.interactionRequired = null;
    return this.#tokens(form, grant.tenantId, null);
  }

  #tokens(form: Form, tenantId: string, nonce: string | null): Answer {
    const { tokens, person, grants } = this.#parts;
    const scope = form.get('scope') ?? '';
    const resource =
      scope.split(' ').find((one) => one.startsWith('https://')) ?? 'https://management.azure.com/.default';
    // `https://host//.default` asks for an audience that ends with a slash; both are accepted.
    const audience = resource.replace(/\/[^/]*$/, '').replace(/\/$/, '');
    const { token, expiresAt } = tokens.issue(person, tenantId, audience, /"nbf"/.test(form.get('claims') ?? ''));
    const lifetime = expiresAt - Math.floor(this.#parts.clock.wallNow() / 1000);
    return {
      status: 200,
      body: {
        token_type: 'Bearer',
        scope: `${audience}/user_impersonation ${audience}/.default`,
        expires_in: lifetime,
        ext_expires_in: lifetime,
        access_token: token,
        refresh_token: grants.issueRefreshToken(),
        id_token: this.#idToken(form.get('client_id') ?? '', tenantId, nonce),
        client_info: this.clientInfo,
      },
    };
  }

  #idToken(clientId: string, tenantId: string, nonce: string | null): string {
    const { person, clock, origin } = this.#parts;
    const now = Math.floor(clock.wallNow() / 1000);
    const claims = {
      aud: clientId,
      iss: `${origin()}/${tenantId}/v2.0`,
      iat: now,
      nbf: now,
      exp: now + 3600,
      name: person.name,
      oid: person.objectId,
      preferred_username: person.username,
      sub: person.objectId,
      tid: tenantId,
      ver: '2.0',
      ...(nonce === null ? {} : { nonce }),
    };
    const text = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
    return `${text}.${createHmac('sha256', this.#secret).update(text).digest('base64url')}`;
  }

  #refuse(error: string, code: number, description: string, extra: Readonly<Record<string, string>> = {}): Answer {
    const id = randomUUID();
    return {
      status: 400,
      body: {
        error,
        error_description: `AADSTS${code}: ${description} Trace ID: ${id} Correlation ID: ${id} Timestamp: ${new Date(this.#parts.clock.wallNow()).toISOString()}`,
        error_codes: [code],
        timestamp: new Date(this.#parts.clock.wallNow()).toISOString(),
        trace_id: id,
        correlation_id: id,
        ...extra,
      },
    };
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
