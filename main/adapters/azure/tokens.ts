import type { Clock } from '../../engine/ports/clock.ts';
import type { AccessToken, TokenSource } from './token-source.ts';

/** The tokens at hand, one for each tenant; many that ask at once wait for one answer. */
export interface Tokens {
  of(tenant: string, claims: string | null): Promise<AccessToken>;
  /** The service refused what it was given. */
  spoil(): void;
  forget(): void;
}

/** A call may take a while, and the clock of this computer may be a little wrong. */
const renewMs = 300_000;

export function createTokens(ports: { readonly clock: Clock; source(): TokenSource }): Tokens {
  const known = new Map<string, AccessToken>();
  const asked = new Map<string, Promise<AccessToken>>();
  /** Tenants whose token was refused. */
  const spoilt = new Set<string>();
  const ask = async (tenant: string, claims: string | null): Promise<AccessToken> => {
    const token = await ports.source().token(tenant, { fresh: spoilt.has(tenant), claims });
    spoilt.delete(tenant);
    known.set(tenant, token);
    return token;
  };
  return {
    of: (tenant, claims) => {
      const present = known.get(tenant);
      if (claims === null && present !== undefined && present.expiresAt - ports.clock.wallNow() > renewMs) {
        return Promise.resolve(present);
      }
      const key = `${tenant} ${claims ?? ''}`;
      const waiting = asked.get(key);
      if (waiting !== undefined) return waiting;
      const answer = ask(tenant, claims).finally(() => asked.delete(key));
      asked.set(key, answer);
      return answer;
    },
    spoil: () => {
      for (const tenant of known.keys()) spoilt.add(tenant);
      known.clear();
    },
    forget: () => {
      known.clear();
      spoilt.clear();
    },
  };
}
