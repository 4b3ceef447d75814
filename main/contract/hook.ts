import { z } from 'zod';

/** Scripts of a person that are told what happens to a machine. */

export const hookEvents = ['on_start', 'on_stop', 'on_failure', 'on_restart', 'on_destroy', 'on_healthy'] as const;
export type HookEvent = (typeof hookEvents)[number];

/** What each event means to a person. */
export const hookEventWords: Readonly<Record<HookEvent, string>> = {
  on_start: 'The machine was started',
  on_stop: 'The machine was stopped, or ended',
  on_failure: 'The machine failed or became unhealthy',
  on_restart: 'The machine, or a unit on it, was restarted by itself',
  on_destroy: 'The machine was deleted',
  on_healthy: 'The machine became healthy',
};

/** A script on this computer, by its whole path. */
export const HookPath = z
  .string({ error: 'Give the path of a script.' })
  .min(1, 'Give the path of a script.')
  .max(4096, 'A path has at most 4096 characters.')
  .regex(/^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}]*$/u, 'Give the whole path of the script, from the root.');

export const hookStates = ['approved', 'waiting', 'changed', 'refused'] as const;
/**
 * `approved`: it runs. `waiting`: nobody approved its bytes yet. `changed`: they are not those that were approved.
 * `refused`: the file may not be run as it lies there.
 */
export type HookState = (typeof hookStates)[number];

/** One script that is to be told of one event of one machine. */
export interface Hook {
  /** Name as `lifecycle-config.toml` has it. */
  readonly machine: string;
  /** Null while there is no machine of this name. */
  readonly machineId: string | null;
  readonly event: HookEvent;
  readonly path: string;
  readonly state: HookState;
  /** Why it would not run, and what to do; null when it would. */
  readonly reason: string | null;
  /** SHA-256 of its present bytes; null when they may not be read. */
  readonly sha256: string | null;
  readonly approvedBy: string | null;
  /** ISO 8601 UTC. */
  readonly approvedAt: string | null;
}

/**
 * `done`: it ended with 0. `failed`: it ended with something else. `limit`: it was ended at the limit. `cancelled`: it was
 * ended because Vigil ended. `refused`: it was not run. `dropped`: there was no time for it.
 */
export const hookOutcomes = ['done', 'failed', 'limit', 'cancelled', 'refused', 'dropped'] as const;
export type HookOutcome = (typeof hookOutcomes)[number];

/** One time a script was told of something, or was not. */
export interface HookRun {
  readonly id: string;
  readonly machineId: string;
  /** Name of the machine at the time. */
  readonly machine: string;
  readonly event: HookEvent;
  readonly path: string;
  /** When it began, ISO 8601 UTC. */
  readonly at: string;
  readonly outcome: HookOutcome;
  /** One sentence. */
  readonly summary: string;
  /** Null when it was not run, or a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Null when it was not run. */
  readonly durationMs: number | null;
  /** Processes of it that no signal could end. */
  readonly survivors: number;
  /** Head and tail, at most 64 KiB. What another program wrote: never trusted. */
  readonly stdout: string;
  readonly stderr: string;
  /** Fired by a person with a sample event. */
  readonly isTest: boolean;
  /** Events that came while it waited and that it was told of together; 1 for one alone. */
  readonly events: number;
  /** Id of the journal entry that led to it; null for a test. */
  readonly cause: number | null;
  /** The facts it was given. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Without what it printed and was given. */
export type HookRunSummary = Omit<HookRun, 'stdout' | 'stderr' | 'environment'>;

export interface HookText {
  readonly path: string;
  readonly text: string;
}
