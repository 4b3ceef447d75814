import type { FailureKind } from '../../contract/healing.ts';
import type { CheckResult, HealthState } from './health-state.ts';
import type { Watched } from './health-watch.ts';

/** What the checks of a machine say for and against helping it. Moments are wall-clock milliseconds. */
export interface HealthEvidence {
  /** Its checks pass. */
  readonly isWell: boolean;
  /** What is wrong, also before it counts; null when no check speaks against it. */
  readonly failure: {
    readonly kind: FailureKind;
    readonly since: number;
    readonly reason: string;
    readonly count: { readonly failures: number; readonly threshold: number };
  } | null;
  /** Units on it that are not running. */
  readonly failedUnits: readonly string[];
  /** Signs, taken after the failure began, that the guest is well inside. */
  readonly contradictions: readonly string[];
  /** Where its checks go, when that leads through a network; null for one on this computer. */
  readonly remoteHost: string | null;
  /** Within it no verdict counts; null when it is over or does not apply. */
  readonly startAllowanceUntil: number | null;
  readonly intervalMs: number;
}

/** From the health of a machine and its last check: pure. */
export function evidenceOf(watched: Watched, state: HealthState, last: CheckResult | null): HealthEvidence {
  const { failuresToFail, startAllowanceMs } = watched.thresholds;
  const counts = state.failures > 0 && state.failingSince !== null;
  // What cannot be told at the moment does not take back what failed before it; what is about trust never counts.
  const kind = counts ? 'unreachable' : (last?.cause ?? null);
  return {
    isWell: state.status === 'healthy',
    failure:
      kind === null
        ? null
        : {
            kind,
            since: (counts ? state.failingSince : state.since) ?? 0,
            reason: last?.reason ?? state.reason ?? 'Its checks fail.',
            count: { failures: counts ? state.failures : failuresToFail, threshold: failuresToFail },
          },
    failedUnits: [],
    contradictions: [],
    remoteHost: isOnThisComputer(watched.target.host) ? null : watched.target.host,
    startAllowanceUntil: watched.startedAt === null ? null : watched.startedAt + startAllowanceMs,
    intervalMs: watched.intervalMs,
  };
}

function isOnThisComputer(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
