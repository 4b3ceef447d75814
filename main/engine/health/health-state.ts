import type { FailureKind } from '../../contract/healing.ts';
import type { CheckKind, CheckMethod } from '../../contract/health-check.ts';
import type { HealthStatus } from '../../contract/machine.ts';

/** What one check found. "Unknown" speaks about us, our network or trust, never about the machine. */
export interface CheckResult {
  readonly kind: CheckKind;
  /** Which probe. Never renamed on the way. */
  readonly method: CheckMethod;
  readonly reason: string;
  /** What a person can do about it. */
  readonly advice: string | null;
  readonly durationMs: number;
  /** What it would be to healing; null when nothing is wrong. */
  readonly cause: FailureKind | null;
  /** What it measured, where it measures: the age of a heartbeat in seconds. */
  readonly figure?: number;
}

export interface HealthThresholds {
  /** Failed checks in a row until a machine counts as unhealthy. */
  readonly failuresToFail: number;
  /** Good checks in a row until it counts as healthy again. */
  readonly successesToRecover: number;
  /** After a start no failure counts for so long. */
  readonly startAllowanceMs: number;
}

/** The health of one machine over time. Moments are wall-clock milliseconds. */
export interface HealthState {
  readonly status: HealthStatus;
  readonly reason: string | null;
  readonly since: number | null;
  /** Failed checks in a row. */
  readonly failures: number;
  /** When the first of them came. */
  readonly failingSince: number | null;
  /** Good checks in a row. */
  readonly successes: number;
  readonly lastCheckAt: number | null;
  readonly method: string | null;
  /** Whether the last check got through; null when it could not tell. */
  readonly reachable: boolean | null;
  /** It was well once since it started: what fails now is no start that takes its time. */
  readonly hasBeenWell: boolean;
}

export const notApplicable: HealthState = {
  status: 'not-applicable',
  reason: null,
  since: null,
  failures: 0,
  failingSince: null,
  successes: 0,
  lastCheckAt: null,
  method: null,
  reachable: null,
  hasBeenWell: false,
};

/** A machine that is watched from now on and of which nothing is known yet. */
export function unknownSince(now: number, reason: string): HealthState {
  return { ...notApplicable, status: 'unknown', reason, since: now };
}

/** Pure: the next state after a check. `startedAt` is the begin of the machine's run, null when it is not known. */
export function healthAfter(
  state: HealthState,
  result: CheckResult,
  now: number,
  startedAt: number | null,
  thresholds: HealthThresholds,
): HealthState {
  const checked = { ...state, lastCheckAt: now, method: result.method };
  switch (result.kind) {
    case 'ok': {
      const successes = state.successes + 1;
      const base = { ...checked, successes, failures: 0, failingSince: null, reachable: true, hasBeenWell: true };
      const recovering = state.status === 'unhealthy' && successes < thresholds.successesToRecover;
      return recovering ? base : turned(base, state, 'healthy', null, now);
    }
    case 'degraded':
      return turned(
        { ...checked, successes: 0, failures: 0, failingSince: null, reachable: null },
        state,
        'degraded',
        result.reason,
        now,
      );
    case 'unknown':
      // What cannot be told neither counts against the machine nor clears it.
      return turned({ ...checked, successes: 0, reachable: null }, state, 'unknown', result.reason, now);
    case 'failed': {
      const isStarting = startedAt !== null && now - startedAt < thresholds.startAllowanceMs;
      if (isStarting && !state.hasBeenWell) {
        const starting = { ...checked, successes: 0, reachable: false };
        return turned(starting, state, 'unknown', 'It is still starting up.', now);
      }
      const failures = state.failures + 1;
      const failingSince = state.failingSince ?? now;
      const failing = { ...checked, successes: 0, failures, failingSince, reachable: false };
      if (failures < thresholds.failuresToFail) return failing;
      return turned(failing, state, 'unhealthy', result.reason, failingSince);
    }
  }
}

/** A status keeps its moment as long as it stands, whatever its words do. */
function turned(
  state: HealthState,
  before: HealthState,
  status: HealthStatus,
  reason: string | null,
  moment: number,
): HealthState {
  return { ...state, status, reason, since: before.status === status ? before.since : moment };
}
