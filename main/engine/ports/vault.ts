/**
 * What must not lie readable on the disk, closed by means of the operating system for this account on this computer.
 * The environment goes before it, and a computer without such means keeps nothing: nothing is ever written in clear.
 */
export interface Vault {
  /** Why nothing can be kept, as a sentence, and what to do; null when it can. Bounded; never rejects. */
  refusal(): Promise<VaultRefusal | null>;
  /** Null: there is nothing of that name. Throws `refused`, and changes nothing, for what is there and cannot be opened. */
  read(name: string): Promise<string | null>;
  /** At most 1 MiB; durable when it resolves. Throws `refused` where nothing can be kept. */
  write(name: string, text: string): Promise<void>;
  /** Also what cannot be opened. Answers whether there was anything. */
  forget(name: string): Promise<boolean>;
}

export interface VaultRefusal {
  readonly message: string;
  readonly hint: string;
}
