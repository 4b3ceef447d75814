import type { FailureKind } from '../../contract/healing.ts';
import type { CheckMethod } from '../../contract/health-check.ts';
import type { Standing } from './combine-health.ts';
import type { HealthState } from './health-state.ts';
import { doorOf, type Watched } from './watched-machine.ts';

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

/** From the health of a machine and how its checks stand: pure. */
export function evidenceOf(watched: Watched, state: HealthState, standings: readonly Standing[]): HealthEvidence {
  const { failuresToFail, startAllowanceMs } = watched.thresholds;
  const failing = failingOf(standings);
  const failure =
    failing === null
      ? null
      : {
          kind: failing.kind,
          since: (failing.counts ? failing.standing.state.failingSince : null) ?? failing.standing.state.since ?? 0,
          reason: failing.standing.result.reason,
          count: {
            failures: failing.counts ? failing.standing.state.failures : failuresToFail,
            threshold: failuresToFail,
          },
        };
  return {
    isWell: state.status === 'healthy',
    failure,
    failedUnits: standings
      .filter(({ method, state: each, result }) => method === 'unit' && each.failures > 0 && result.kind === 'failed')
      .flatMap(({ subject }) => (subject === null ? [] : [subject])),
    contradictions: failure?.kind === 'unreachable' ? signsAfter(failure.since, watched, standings) : [],
    remoteHost: watched.target === null || isOnThisComputer(watched.target.host) ? null : watched.target.host,
    startAllowanceUntil:
      watched.startedAt === null || failing?.standing.state.hasBeenWell === true
        ? null
        : watched.startedAt + startAllowanceMs,
    intervalMs: watched.intervalMs,
  };
}

/** 1 where its heartbeat is too old, 0 where it is not or nobody looks for one; null while that cannot be told. */
export function heartbeatStale(standings: readonly Standing[]): number | null {
  const heartbeat = standings.find(({ method }) => method === 'heartbeat');
  if (heartbeat === undefined) return 0;
  if (heartbeat.result.kind === 'unknown') return null;
  return heartbeat.result.kind === 'ok' ? 0 : 1;
}

interface Failing {
  readonly standing: Standing;
  readonly kind: FailureKind;
  /** It has failed so and so often, while it is starting up not even once, as against being about trust, which never counts. */
  readonly counts: boolean;
}

/** Which check healing is to go by: SSH first, for it is the way inside; then what is wrong inside; then the rest. */
function failingOf(standings: readonly Standing[]): Failing | null {
  const ssh = standings.find(({ method }) => method === 'ssh');
  if (ssh !== undefined) {
    // What cannot be told at the moment does not take back what failed before it; what is about trust never counts.
    if (hasFailed(ssh)) return { standing: ssh, kind: 'unreachable', counts: true };
    // Who answers is in doubt, or we are not let in: what else fails there is no reason to act.
    const { cause, kind } = ssh.result;
    if (cause !== null) return { standing: ssh, kind: cause, counts: kind === 'failed' };
  }
  const failed = standings.filter((standing) => hasFailed(standing) && causeOf(standing) !== null);
  const first = failed.find(({ method }) => method === 'unit') ?? failed[0];
  const kind = first === undefined ? null : causeOf(first);
  return first === undefined || kind === null ? null : { standing: first, kind, counts: true };
}

function hasFailed({ state }: Standing): boolean {
  return state.failures > 0 && state.failingSince !== null;
}

/** Of what failed last; a check that cannot tell at the moment is held to what it is about. */
function causeOf({ method, result }: Standing): FailureKind | null {
  if (result.kind === 'failed') return result.cause;
  if (method === 'disk' || method === 'process') return null;
  return method === 'unit' ? 'unit-failed' : 'unreachable';
}

const signs: Partial<Record<CheckMethod, (subject: string | null) => string>> = {
  ssh: () => 'SSH of it answers.',
  agent: () => 'Its guest agent answers.',
  tcp: (subject) => `Its port ${subject} answers.`,
  http: (subject) => `${subject} answers.`,
};

function signsAfter(since: number, watched: Watched, standings: readonly Standing[]): readonly string[] {
  return standings
    .filter(({ at, result }) => result.kind === 'ok' && at > since)
    .filter((standing) => !isHollow(standing, watched))
    .flatMap(({ method, subject }) => signs[method]?.(subject) ?? []);
}

/** A forward takes connections for a guest that hangs, too; port 22 is where SSH is silent. */
function isHollow({ method, subject }: Standing, watched: Watched): boolean {
  if (method !== 'tcp') return false;
  const port = Number(subject);
  return port === 22 || port === watched.target?.port || doorOf(watched, port)?.isForward !== false;
}

function isOnThisComputer(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
