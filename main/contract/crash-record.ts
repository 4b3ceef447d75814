/** What is known of a machine that ended without being asked to. */
export interface CrashRecord {
  readonly id: string;
  readonly machineId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** How it ended: `killed`, `panicked`, `watchdog`, `host-signal`, `internal-error`, `start-failed`. */
  readonly kind: string;
  readonly summary: string;
  /** Last lines of the serial console. Untrusted text. */
  readonly consoleTail: string;
  /** The last monitor events, oldest first (JSON array). */
  readonly events: string;
}
