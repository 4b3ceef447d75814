import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';

/** What a browser was sent away with, until it is handed in once. */
export interface CodeGrant {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | null;
  readonly tenantId: string;
}

export interface DeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly tenantId: string;
  readonly expiresAt: number;
  status: 'pending' | 'approved' | 'declined' | 'used';
  /** So many more polls are told to slow down. */
  slowDowns: number;
}

/** Everything that can be turned into an access token, and whether it still can. */
export class Grants {
  readonly #clock: Clock;
  readonly #codes = new Map<string, CodeGrant>();
  readonly #refreshTokens = new Set<string>();
  readonly devices: DeviceGrant[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issueCode(grant: CodeGrant): string {
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(code, grant);
    return code;
  }

  /** Null when the code is unknown or used, goes with another address, or the verifier is not the one of the challenge. */
  redeemCode(code: string, redirectUri: string, verifier: string): CodeGrant | null {
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    if (grant === undefined || grant.redirectUri !== redirectUri) return null;
    return createHash('sha256').update(verifier).digest('base64url') === grant.challenge ? grant : null;
  }

  issueRefreshToken(): string {
    const token = `0.A${randomBytes(48).toString('base64url')}`;
    this.#refreshTokens.add(token);
    return token;
  }

  /** False when it was used before, revoked, or is not ours. Each works once. */
  redeemRefreshToken(token: string): boolean {
    return this.#refreshTokens.delete(token);
  }

  revokeRefreshTokens(): void {
    this.#refreshTokens.clear();
  }

  issueDeviceCode(tenantId: string, lifetimeSeconds: number): DeviceGrant {
    const grant: DeviceGrant = {
      deviceCode: randomUUID(),
      userCode: randomBytes(5).toString('hex').toUpperCase().slice(0, 9),
      tenantId,
      expiresAt: this.#clock.wallNow() + lifetimeSeconds * 1000,
      status: 'pending',
      slowDowns: 0,
    };
    this.devices.push(grant);
    return grant;
  }

  device(code: string): DeviceGrant | undefined {
    return this.devices.find(({ deviceCode, userCode }) => deviceCode === code || userCode === code.toUpperCase());
  }
}
