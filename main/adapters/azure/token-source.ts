import type { StopSignal } from '../../contract/stop-signal.ts';
import type { AzureAccount, AzurePrompt } from '../../engine/ports/azure.ts';

export interface AccessToken {
  readonly token: string;
  /** Wall-clock milliseconds of this computer. */
  readonly expiresAt: number;
}

/** Where tokens come from. Rejects with an `ArmTrouble` of code `VIGIL_SIGNED_OUT` when a person has to sign in. */
export interface TokenSource {
  account(): Promise<AzureAccount | null>;
  begin(told: (prompt: AzurePrompt) => void, signal: StopSignal): Promise<AzureAccount>;
  /** Never asks the person. `fresh`: what is in store has been refused. */
  token(tenant: string, wish: TokenWish): Promise<AccessToken>;
  end(): Promise<void>;
}

export interface TokenWish {
  readonly fresh: boolean;
  /** What the service wants to be proven beyond the usual. */
  readonly claims: string | null;
}
