import { type AlertRule, thresholdOf } from '../../contract/alert-rule.ts';
import { beyond } from '../../contract/alert-variables.ts';

/**
 * Holds the values of all machines against one rule: hold, hysteresis, missing values and machines at rest. Everything that
 * is looked at for every machine lies in typed arrays; what happened comes out as crossings, which are few.
 */

/** How the rule stands for one machine. `outside`: the rule is not about it. */
export const phases = { idle: 0, pending: 1, firing: 2, clearing: 3, outside: 4 } as const;

const { idle, pending, firing, clearing, outside } = phases;

/** A rule in numbers. Beyond is `way * value > limit`; not yet clear is `way * value > clearLimit`. */
export interface RuleNumbers {
  readonly way: 1 | -1;
  readonly limit: number;
  readonly clearLimit: number;
  readonly forMs: number;
  /** A value missing for so long is an alert; `Infinity` for never. */
  readonly missingMs: number;
}

/** The values of one variable, by machine. Moments are wall-clock milliseconds. */
export interface Column {
  /** NaN where nothing is known. */
  readonly values: Float64Array;
  /** When the value was taken. */
  readonly at: Float64Array;
  /** When there was a value before it; of a missing one, when there was one last. */
  readonly before: Float64Array;
  /** 1 for a machine that is meant to be at rest: it has no value, and misses none. */
  readonly resting: Uint8Array;
}

/** Where one rule stands with every machine, from `base` on. */
export interface Standings {
  readonly phase: Uint8Array;
  /** Since when it is pending or clearing. */
  readonly since: Float64Array;
}

export type CrossingKind =
  /** Beyond, but not for long enough. Also when such a wait begins anew. */
  | 'pending'
  /** Not beyond any longer before it was for long enough. */
  | 'dropped'
  | 'fired'
  /** Clear, but not for long enough. */
  | 'clearing'
  /** Beyond clear again before it was over. */
  | 'relapsed'
  | 'resolved';

export interface Crossing {
  readonly kind: CrossingKind;
  readonly machine: number;
  /** NaN for one that is about missing values. */
  readonly value: number;
  /** The moment that counts: of the value, or of the look that found none. */
  readonly at: number;
  /** For `pending` and `clearing`: since when. */
  readonly since: number;
}

export interface Look {
  readonly now: number;
  /** Values further apart say nothing about the time between them: a wait begins anew. */
  readonly toleranceMs: number;
  /** Whether the rule may begin to fire now. */
  readonly isOpen: boolean;
}

export function ruleNumbers(rule: AlertRule): RuleNumbers {
  const threshold = thresholdOf(rule);
  return {
    ...beyond(rule.comparison, threshold),
    clearLimit:
      rule.clear === undefined ? beyond(rule.comparison, threshold).limit : clearLimitOf(rule.comparison, rule.clear),
    forMs: rule.for_seconds * 1000,
    missingMs: rule.no_data === 'keep' ? Number.POSITIVE_INFINITY : rule.no_data.alert_after_seconds * 1000,
  };
}

/** At the clear level itself it is clear, whichever comparison made it fire. */
function clearLimitOf(comparison: AlertRule['comparison'], clear: number): number {
  return beyond(comparison.startsWith('>') ? '>' : '<', clear).limit;
}

/** One look at one rule over `count` machines. What it changes in `standings` it tells in `crossings`. */
export function evaluateRule(
  rule: RuleNumbers,
  column: Column,
  standings: Standings,
  base: number,
  count: number,
  look: Look,
  crossings: Crossing[],
): void {
  const { way, limit, clearLimit, missingMs } = rule;
  const { values } = column;
  const { phase } = standings;
  const missingMatters = missingMs !== Number.POSITIVE_INFINITY;
  const end = base + count;
  for (let cell = base, machine = 0; cell < end; cell += 1, machine += 1) {
    const present = phase[cell] as number;
    const value = way * (values[machine] as number);
    if (present === idle) {
      // The many that are well leave here. What is missing is beyond nothing.
      if (value <= limit || (!missingMatters && Number.isNaN(value))) continue;
    } else if (present === firing) {
      if (value > clearLimit) continue;
    } else if (present === outside) continue;
    step(rule, column, standings, cell, machine, look, crossings);
  }
}

function step(
  rule: RuleNumbers,
  column: Column,
  { phase, since }: Standings,
  cell: number,
  machine: number,
  look: Look,
  crossings: Crossing[],
): void {
  const present = phase[cell] as number;
  const value = column.values[machine] as number;
  const { now } = look;
  const turn = (next: number, kind: CrossingKind, at: number, from: number): void => {
    phase[cell] = next;
    since[cell] = from;
    crossings.push({ kind, machine, value, at, since: from });
  };
  if (Number.isNaN(value)) {
    if (column.resting[machine] === 1) {
      if (present === pending) turn(idle, 'dropped', now, 0);
      else if (present === firing || present === clearing) turn(idle, 'resolved', now, 0);
      return;
    }
    const missingMs = now - (column.before[machine] as number);
    if (missingMs >= rule.missingMs && look.isOpen && present <= pending) {
      turn(firing, 'fired', now, 0);
    } else if (missingMs > look.toleranceMs) {
      // Nobody saw that it held.
      if (present === pending) turn(idle, 'dropped', now, 0);
      else if (present === clearing) turn(firing, 'relapsed', now, 0);
    }
    return;
  }
  const at = column.at[machine] as number;
  const isBeyond = rule.way * value > rule.limit && look.isOpen;
  const isClear = !(rule.way * value > rule.clearLimit);
  // A wait counts only over values that follow each other closely, and never from a moment that is still to come.
  const goesOn = at - (column.before[machine] as number) <= look.toleranceMs && (since[cell] as number) <= at;
  switch (present) {
    case idle:
      if (!isBeyond) return;
      if (rule.forMs === 0) turn(firing, 'fired', at, 0);
      else turn(pending, 'pending', at, at);
      return;
    case pending:
      if (!isBeyond) turn(idle, 'dropped', at, 0);
      else if (!goesOn && since[cell] !== at) turn(pending, 'pending', at, at);
      else if (at - (since[cell] as number) >= rule.forMs) turn(firing, 'fired', at, 0);
      return;
    case firing:
      if (!isClear) return;
      if (rule.forMs === 0) turn(idle, 'resolved', at, 0);
      else turn(clearing, 'clearing', at, at);
      return;
    case clearing:
      if (!isClear) turn(firing, 'relapsed', at, 0);
      else if (!goesOn && since[cell] !== at) turn(clearing, 'clearing', at, at);
      else if (at - (since[cell] as number) >= rule.forMs) turn(idle, 'resolved', at, 0);
      return;
  }
}
