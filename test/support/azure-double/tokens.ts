import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import { Refusal } from './answer.ts';
import type { Call } from './call.ts';
import type { Tenant } from './world.ts';

/** What an access token says. */
export interface Principal {
  readonly tenantId: string;
  readonly objectId: string;
  readonly audience: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** It was asked for with the claims of a challenge. */
  readonly hasClaims: boolean;
}

const audiences = ['https://management.azure.com', 'https://management.core.windows.net'];

/** Issues bearer tokens and tells good ones from bad ones, with the service's words for each kind of bad. */
export class Tokens {
  /** Seconds that a new access token lives. */
  lifetimeSeconds = 3600;
  readonly #clock: Clock;
  readonly #secret = randomBytes(32);
  #challenge: { readonly since: number; readonly kind: 'insufficient_claims' | 'invalid_token' } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(
    person: { readonly objectId: string },
    tenantId: string,
    audience = 'https://management.azure.com',
    hasClaims = false,
  ): { readonly token: string; readonly expiresAt: number } {
    const issuedAt = Math.floor(this.#clock.wallNow() / 1000);
    const expiresAt = issuedAt + this.lifetimeSeconds;
    const payload = {
      aud: audience,
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: issuedAt,
      nbf: issuedAt,
      exp: expiresAt,
      oid: person.objectId,
      tid: tenantId,
      jti: randomUUID(),
      ...(hasClaims ? { xms_challenged: true } : {}),
    };
    const text = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(payload)}`;
    return { token: `${text}.${this.#sign(text)}`, expiresAt };
  }

  /** From now on tokens are refused that were not asked for with the challenge's claims. Null: no longer. */
  challenge(kind: 'insufficient_claims' | 'invalid_token' | null): void {
    this.#challenge = kind === null ? null : { since: Math.floor(this.#clock.wallNow() / 1000), kind };
  }

  /** Whose call it is, or the 401 that says why not. */
  check(call: Call, home: Tenant): Principal {
    const { authorization } = call.headers;
    if (authorization === undefined)
      throw unauthorized(
        'AuthenticationFailed',
        "Authentication failed. The 'Authorization' header is missing.",
        home.id,
        "The authentication failed because of missing 'Authorization' header.",
      );
    const principal = this.#read(authorization, home);
    if (principal.expiresAt <= this.#clock.wallNow() / 1000)
      throw unauthorized(
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${americanTime(principal.expiresAt * 1000)}' is earlier than current UTC time '${americanTime(this.#clock.wallNow())}'.`,
        home.id,
      );
    if (!audiences.includes(principal.audience.replace(/\/+$/, '')))
      throw unauthorized(
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${principal.audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.azure.com/'.`,
        home.id,
      );
    if (this.#challenge !== null && !principal.hasClaims) throw this.#challenged(this.#challenge);
    return principal;
  }

  #read(authorization: string, home: Tenant): Principal {
    const [scheme, token = ''] = authorization.split(' ');
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (scheme !== 'Bearer' || signature === '' || signature !== this.#sign(`${head}.${payload}`))
      throw unauthorized(
        'InvalidAuthenticationToken',
        'The access token is invalid.',
        home.id,
        'The access token is invalid.',
      );
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly tid: string;
      readonly oid: string;
      readonly aud: string;
      readonly iat: number;
      readonly exp: number;
      readonly xms_challenged?: boolean;
    };
    return {
      tenantId: claims.tid,
      objectId: claims.oid,
      audience: claims.aud,
      issuedAt: claims.iat,
      expiresAt: claims.exp,
      hasClaims: claims.xms_challenged === true,
    };
  }

  #challenged({ since, kind }: { since: number; kind: string }): Refusal {
    const claims = { access_token: { nbf: { essential: true, value: String(since) } } };
    const coded = Buffer.from(JSON.stringify(claims)).toString('base64');
    const header =
      kind === 'insufficient_claims'
        ? `Bearer authorization_uri="https://login.windows.net/common/oauth2/authorize", error="insufficient_claims", claims="${coded}"`
        : `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="User session has been revoked", claims="${coded}"`;
    return new Refusal(401, 'InvalidAuthenticationToken', 'Continuous access evaluation resulted in challenge.', {
      headers: { 'www-authenticate': header },
    });
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('base64url');
  }
}

/** A 401 whose header names the tenant where a better token can be had. */
export function unauthorized(code: string, message: string, tenantId: string, description = message): Refusal {
  const header = `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${description}"`;
  return new Refusal(401, code, message, { headers: { 'www-authenticate': header } });
}

/** `11/24/2025 11:31:00 PM`, in UTC. */
function americanTime(wallMs: number): string {
  return new Date(wallMs).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
