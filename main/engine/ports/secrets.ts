import type { SecretSlot, SecretSource } from '../../contract/channel.ts';
import type { VaultRefusal } from './vault.ts';

/** What must not lie in a file of Vigil's, and must not appear in a log, an error, the journal or an answer. */
export interface Secrets {
  has(slot: SecretSlot): boolean;
  /** For whoever hands it to its outside system, in the moment it is needed. Null when there is none. */
  read(slot: SecretSlot): string | null;
  /** Null when there is none. */
  source(slot: SecretSlot): SecretSource | null;
  /** Values of the environment that are no secrets, as the seeds of these channels named them; absent when empty. */
  readonly plain: PlainSurroundings;
}

/** Secrets of which a person can have some kept in the store of the desktop. The environment goes before it. */
export interface KeptSecrets extends Secrets {
  /** Why none can be kept here; null when they can. */
  refusal(): Promise<VaultRefusal | null>;
  /** Why one that is kept is of no use; null when it is, and when none is kept. A sentence. */
  trouble(slot: SecretSlot): string | null;
  /** Durable when it resolves. Throws `refused` where none can be kept. */
  keep(slot: SecretSlot, text: string): Promise<void>;
  /** Answers whether one was kept. */
  forget(slot: SecretSlot): Promise<boolean>;
}

export interface PlainSurroundings {
  /** `ALERT_EMAIL`: addresses with commas between. */
  readonly mailTo?: string;
  /** `SMTP_HOST`. */
  readonly mailHost?: string;
  /** `SMTP_PORT`. */
  readonly mailPort?: number;
  /** `SMTP_USER`. */
  readonly mailUser?: string;
}
