import type { HookState } from './hook.ts';

/** A script of a person's own that says how a machine is. It runs only while its bytes are those that were approved. */
export interface CheckScript {
  readonly machine: string;
  readonly machineId: string;
  readonly path: string;
  readonly state: HookState;
  /** Why it would not run, and what to do; null when it would. */
  readonly reason: string | null;
  /** SHA-256 of its present bytes; null when they may not be read. */
  readonly sha256: string | null;
  /** Those very bytes; null when they may not be read, or are no text. */
  readonly text: string | null;
  readonly approvedBy: string | null;
  /** ISO 8601 UTC. */
  readonly approvedAt: string | null;
}
