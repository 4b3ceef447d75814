import type { CheckKind, CheckMethod } from '../../contract/health-check.ts';
import type { HealthStatus } from '../../contract/machine.ts';
import type { CheckResult, HealthState } from './health-state.ts';

/** How one check of a machine stands: over time, and what it found last. */
export interface Standing {
  readonly method: CheckMethod;
  readonly subject: string | null;
  readonly state: HealthState;
  readonly result: CheckResult;
  /** Wall-clock milliseconds. */
  readonly at: number;
}

const weights: Readonly<Record<HealthStatus, number>> = {
  unhealthy: 4,
  degraded: 3,
  unknown: 2,
  healthy: 1,
  'not-applicable': 0,
};

/**
 * How much a status says about the machine as a whole. What cannot be told counts where it is about SSH, by which everything
 * inside is seen, and where a check fails that has not had its say yet; any other check that could not be made takes nothing
 * from those that were.
 */
function weightOf({ method, result }: Standing, status: HealthStatus): number {
  return status === 'unknown' && method !== 'ssh' && result.kind !== 'failed' ? 0.5 : weights[status];
}

/** The standings with the one that decides first; those that weigh the same stay in their order. Pure. */
export function inOrderOfWeight(standings: readonly Standing[]): readonly Standing[] {
  return standings.toSorted((a, b) => weightOf(b, b.state.status) - weightOf(a, a.state.status));
}

/** The health of a machine from how its checks stand: the worst of them, with its reason. Pure. */
export function combinedHealth(before: HealthState, standings: readonly Standing[], now: number): HealthState {
  const [deciding] = inOrderOfWeight(standings);
  if (deciding === undefined) return before;
  const { state } = deciding;
  return {
    ...state,
    lastCheckAt: now,
    method: deciding.method,
    // A status keeps its moment as long as it stands, whoever decides.
    since: before.status === state.status ? before.since : state.since,
  };
}

const kindStatus: Readonly<Record<CheckKind, HealthStatus>> = {
  ok: 'healthy',
  degraded: 'degraded',
  failed: 'unhealthy',
  unknown: 'unknown',
};

/** What one round alone says, without regard to what came before it. Pure. */
export function roundStatus(standings: readonly Standing[]): {
  readonly status: HealthStatus;
  readonly order: readonly Standing[];
} {
  // A failure that has not been counted belongs to starting up.
  const statusOf = ({ result, state }: Standing): HealthStatus =>
    result.kind === 'failed' && state.failures === 0 ? 'unknown' : kindStatus[result.kind];
  const order = standings.toSorted((a, b) => weightOf(b, statusOf(b)) - weightOf(a, statusOf(a)));
  const [deciding] = order;
  return { status: deciding === undefined ? 'not-applicable' : statusOf(deciding), order };
}
