import type { VaultRefusal } from '../../engine/ports/vault.ts';

/** Closes and opens texts with a key that the operating system keeps for this account. */
export interface Seal {
  /** Which store of the system holds the key: `gnome_libsecret`, `kwallet6`, `keychain`, `dpapi`. */
  store(): string;
  /** Why it closes nothing now; null when it does. */
  refusal(): Promise<VaultRefusal | null>;
  close(text: string): Promise<Uint8Array>;
  /** Rejects when the key is not the one that it was closed with. */
  open(sealed: Uint8Array): Promise<string>;
}
