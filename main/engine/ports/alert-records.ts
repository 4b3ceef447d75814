import type { AlertSeverity } from '../../contract/alert-rule.ts';
import type { AlertVariableName } from '../../contract/alert-variables.ts';

/** What `state.db` keeps of alerts, so that no restart forgets one. Moments are wall-clock milliseconds. */

/** What the receiver of messages knows of an episode. */
export type ToldState = 'nothing' | 'firing' | 'flapping' | 'resolved';

export interface EpisodeRecord {
  readonly id: string;
  /** Which one it is of its rule and machine; with those two the key that every message of it carries. */
  readonly number: number;
  readonly rule: string;
  /** Null for a common cause, which is about this computer. */
  readonly machineId: string | null;
  /** Name of the machine when it fired. */
  readonly machine: string | null;
  readonly metric: AlertVariableName | null;
  readonly severity: AlertSeverity;
  readonly state: 'firing' | 'resolved';
  readonly actualValue: number | null;
  readonly threshold: number | null;
  readonly message: string;
  /** When the value went beyond. */
  readonly since: number;
  readonly firedAt: number;
  readonly resolvedAt: number | null;
  readonly resolvedBecause: string | null;
  readonly acknowledgedBy: string | null;
  readonly count: number;
  /** Of a common cause: names of the machines whose alerts it explains. */
  readonly affected: readonly string[];
  readonly told: ToldState;
  readonly toldFiringAt: number | null;
  readonly remindedAt: number | null;
  readonly escalatedAt: number | null;
  /** When it last began and ended to fire, oldest first. */
  readonly turns: readonly number[];
  /** Said to come and go since then; null while it is not. */
  readonly flappingSince: number | null;
}

/** A wait that is under way: beyond, or clear, but not for long enough. */
export interface AlertHoldRecord {
  readonly rule: string;
  readonly machineId: string;
  readonly phase: 'pending' | 'clearing';
  readonly since: number;
  readonly value: number;
}

export interface AlertMuteRecord {
  readonly id: string;
  readonly kind: 'snooze' | 'maintenance';
  readonly rule: string | null;
  readonly machineId: string | null;
  /** Null for one that comes back every week. */
  readonly from: number | null;
  readonly until: number | null;
  readonly window: string | null;
  /** Account of the person. */
  readonly by: string;
}

/** How often a rule fired. */
export interface EpisodeCount {
  readonly rule: string;
  readonly alerts: number;
  readonly lastFiredAt: number;
}
