import type { SecretSlot } from '../../contract/channel.ts';

/** What must not lie in a file of Vigil's, and must not appear in a log, an error, the journal or an answer. */
export interface Secrets {
  has(slot: SecretSlot): boolean;
  /** For whoever hands it to its outside system, in the moment it is needed. Null when there is none. */
  read(slot: SecretSlot): string | null;
  /** Values of the environment that are no secrets, as the seeds of these channels named them; absent when empty. */
  readonly plain: PlainSurroundings;
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
