import type { JournalEntry } from './journal.ts';

/** How a machine is brought back, what may stand in the way, and the record of both. */

export const restartPolicies = ['never', 'on-failure', 'always'] as const;
export type RestartPolicy = (typeof restartPolicies)[number];

/** What may be done for a machine that is not well, gentlest first. */
export const healingRungs = [
  /** The unit that failed, on the machine. */
  'restart-unit',
  /** By the guest agent or over SSH, from inside. */
  'reboot',
  /** The power button, then a start. */
  'restart',
  /** Without a word to the guest. */
  'hard-restart',
  /** To a snapshot that was chosen for it. By choice only. */
  'revert',
] as const;
export type HealingRung = (typeof healingRungs)[number];

/** What a rung does, in a few words that follow the name of the machine. */
export const healingRungWords: Readonly<Record<HealingRung, string>> = {
  'restart-unit': 'restart its unit',
  reboot: 'reboot it from inside',
  restart: 'restart it',
  'hard-restart': 'restart it by force',
  revert: 'take it back to its snapshot',
};

/** Who may refuse, in the order they are asked. */
export const healingGuards = [
  'policy',
  'failure-kind',
  'wanted',
  'operation',
  'paused',
  'maintenance',
  'recent-action',
  'start-allowance',
  'own-health',
  'fleet-wide',
  'contradiction',
  'dependencies',
  'tripped',
  'budget',
  'fleet-budget',
  'ladder',
] as const;
export type HealingGuard = (typeof healingGuards)[number];

/** What was found wrong. Only the first four are a machine's own failure. */
export const failureKinds = [
  /** Its process is gone without having been asked to go. */
  'ended',
  /** The guest panicked or its watchdog fired. */
  'held',
  /** Its checks fail. */
  'unreachable',
  /** A unit on it is not running. */
  'unit-failed',
  'host-key',
  'authentication',
  'name-resolution',
  'protocol',
  'cloud-refusal',
] as const;
export type FailureKind = (typeof failureKinds)[number];

/** Moments are wall-clock milliseconds: a budget outlives the engine. */
export interface RestartBudget {
  /** Index of the next wait. */
  readonly step: number;
  /** Begins of restarts, oldest first; those outside the window are dropped. */
  readonly restarts: readonly number[];
  /** Since a person cleared it. */
  readonly total: number;
  /** From when the next wait counts: the failure, or the begin of the last restart; null while all is well. */
  readonly waitFrom: number | null;
  /** Null unless it is well now. */
  readonly wellSince: number | null;
}

/** What was decided last for a machine that is not well. */
export interface HealingDecision {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly kind: 'act' | 'would-act' | 'refuse' | 'give-up';
  /** Who refused; null when nobody did. */
  readonly guard: HealingGuard | null;
  readonly rung: HealingRung | null;
  readonly reason: string;
  /** When it is looked at again at the latest; null with the next check, or when something changes. */
  readonly until: string | null;
  /** The entry of the journal that keeps it. */
  readonly journalId: number | null;
}

export interface HealingStatus {
  readonly machine: string;
  readonly policy: RestartPolicy;
  readonly dryRun: boolean;
  /** Null while it is well. */
  readonly failure: {
    readonly kind: FailureKind;
    readonly since: string;
    readonly reason: string;
    readonly failures: number | null;
    readonly threshold: number | null;
  } | null;
  /** Null while it is well. */
  readonly decision: HealingDecision | null;
  /** It was restarted as often as it may be: only a person goes on. */
  readonly tripped: boolean;
  /** Machine restarts since a person cleared it, and how many there may be. */
  readonly restarts: { readonly used: number; readonly allowed: number; readonly lastHour: number };
}

/** The notice of the engine that stands while healing is paused. */
export const healingNotice = 'healing';

/** Of the whole fleet. `until` null: for as long as a person wants. */
export type HealingPause = { readonly paused: false } | { readonly paused: true; readonly until: string | null };

/** Why a machine is as it is: what is wanted and seen, what was checked, and what was decided. */
export interface Explanation {
  readonly machine: string;
  /** The answer in sentences, the most telling first. */
  readonly sentences: readonly string[];
  readonly healing: HealingStatus | null;
  /** What led here, newest first. */
  readonly story: readonly JournalEntry[];
}

/** What a policy would have done over the recorded past. */
export interface HealingRehearsal {
  readonly machine: string;
  readonly policy: RestartPolicy;
  /** ISO 8601 UTC: the first entry that is known. */
  readonly from: string;
  readonly to: string;
  readonly failures: number;
  readonly restarts: number;
  readonly steps: readonly {
    readonly at: string;
    readonly kind: 'failed' | 'would-act' | 'refuse' | 'give-up' | 'well-again';
    readonly guard: HealingGuard | null;
    readonly reason: string;
  }[];
}
