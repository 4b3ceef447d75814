import type { AlertSeverity } from './alert-rule.ts';
import type { AlertVariableName } from './alert-variables.ts';

/** What became of a rule: the life of an alert from its begin to its end, and what holds it back. */

export const episodeStates = ['pending', 'firing', 'resolved'] as const;
export type EpisodeState = (typeof episodeStates)[number];

/**
 * One alert of one rule and machine. Times ISO 8601 UTC. Firing again within 15 minutes of its last message goes on with
 * the same episode.
 */
export interface Episode {
  readonly id: string;
  /** Name of the rule; of a common cause, what it is: `own-network`. */
  readonly rule: string;
  /** Name of the machine; null for a common cause, which is about this computer. */
  readonly machine: string | null;
  readonly machineId: string | null;
  /** Null for a common cause. */
  readonly metric: AlertVariableName | null;
  readonly severity: AlertSeverity;
  readonly state: EpisodeState;
  /** When it fired last; null for an alert that is about missing values, and for a common cause. */
  readonly actualValue: number | null;
  readonly threshold: number | null;
  /** One sentence a person can read. */
  readonly message: string;
  /** When the value went beyond. */
  readonly since: string;
  /** Null while it is pending. */
  readonly firedAt: string | null;
  readonly resolvedAt: string | null;
  /** Why it is over; null while it is not. */
  readonly resolvedBecause: string | null;
  readonly acknowledgedBy: string | null;
  /** How often it fired within this episode. */
  readonly count: number;
  /** It comes and goes: said once, and then not again until it is stable. */
  readonly isFlapping: boolean;
  /** Why nothing is said about it now; null when something is. */
  readonly heldBy: string | null;
  /** Of a common cause: the machines whose alerts it explains. */
  readonly affected: readonly string[];
}

/** How often a rule fired. */
export interface AlertCount {
  readonly rule: string;
  readonly alerts: number;
  /** ISO 8601 UTC. */
  readonly lastFiredAt: string;
}

/** Something that keeps alerts from being told: snoozed by a person, or work that was announced. */
export interface AlertMute {
  readonly id: string;
  readonly kind: 'snooze' | 'maintenance';
  /** Null: every rule. */
  readonly rule: string | null;
  /** Name of the machine; null: every machine. */
  readonly machine: string | null;
  /** ISO 8601 UTC; null for one that comes back every week. */
  readonly from: string | null;
  readonly until: string | null;
  /** `sat,sun 22:00-04:00`; null for one that happens once. */
  readonly window: string | null;
  /** Who asked for it; null for one that stands in a file. */
  readonly by: string | null;
  /** The file it stands in, and is changed in; null for one that is ended by its id. */
  readonly file: string | null;
}

/** What a rule would have done over the recorded past. */
export interface AlertRehearsal {
  readonly rule: string;
  /** ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** Machines that the rule is about and of which something is recorded. */
  readonly machines: number;
  /** Oldest first. */
  readonly alerts: readonly {
    readonly machine: string;
    readonly firedAt: string;
    /** Null: it would still fire at the end. */
    readonly resolvedAt: string | null;
    /** The value that made it fire. */
    readonly value: number | null;
    /** How often it would have fired again within the 15 minutes of silence after its message. */
    readonly count: number;
  }[];
  /** What cannot be told from recorded readings; null when everything can. */
  readonly remark: string | null;
}

/** How one message of an alert would read, for a test of its rule. */
export interface AlertMessage {
  readonly title: string;
  readonly body: string;
  readonly severity: AlertSeverity;
}
