import type { StopSignal } from '../../contract/stop-signal.ts';
import type { ScriptEnd } from './processes.ts';

/**
 * A person's scripts. A script runs only while its file and every folder above it can be changed by nobody but its owner,
 * and only the very bytes that were approved.
 */

export type ScriptExamination =
  /** `sha256` of its present bytes, in hexadecimal. */
  | { readonly kind: 'sound'; readonly sha256: string }
  /** One sentence that names the file or folder at fault, and what to do. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface HookRequest {
  /** Absolute. */
  readonly path: string;
  /** What was approved. */
  readonly sha256: string;
  /** Facts of the event; joined with the few variables every script gets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
  readonly limitMs: number;
  readonly signal: StopSignal;
}

export type HookRunEnd =
  | { readonly kind: 'ran'; readonly end: ScriptEnd }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Its bytes are not those that were approved. */
  | { readonly kind: 'changed'; readonly sha256: string };

export interface ReadScript {
  readonly text: string;
  /** Of exactly these bytes. */
  readonly sha256: string;
}

export interface HookScripts {
  examine(path: string): Promise<ScriptExamination>;
  /** Never rejects for what the script is or does. */
  run(request: HookRequest): Promise<HookRunEnd>;
  /** A script that may be shown and edited; rejects with `refused`, or with `bad-input` where it is not text. */
  read(path: string): Promise<ReadScript>;
  /**
   * Writes a script with mode 0700, durably, its folder too where there is none. Resolves with the SHA-256 of the text;
   * rejects with `refused` where the gate would refuse the file.
   */
  write(path: string, text: string): Promise<string>;
}
