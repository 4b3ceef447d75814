import type { Health, HealthStatus } from './machine.ts';

/** What a person reads where a machine has a health. */
export const healthWords: Readonly<Record<HealthStatus, string>> = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  unhealthy: 'Unhealthy',
  unknown: 'Unknown',
  'not-applicable': 'Not watched',
};

/** Begins the reason of a health that is about trust: the machine may be up, but who answers is in doubt. */
const securityMark = 'Security: ';

/** The reason of a security state: `what` (`host key changed`) is its name everywhere. */
export function securityReason(what: string, reason: string): string {
  return `${securityMark}${what}. ${reason}`;
}

/** What is in doubt (`host key changed`); null where trust is not the question. Such a machine is never called down. */
export function securityDoubt({ status, reason }: Pick<Health, 'status' | 'reason'>): string | null {
  if (status !== 'degraded' || reason === null || !reason.startsWith(securityMark)) return null;
  const [what = ''] = reason.slice(securityMark.length).split('. ', 1);
  return what;
}

/** The reason of a security state without its name; null where trust is not the question. */
export function securityCause(health: Pick<Health, 'status' | 'reason'>): string | null {
  const doubt = securityDoubt(health);
  return doubt === null ? null : (health.reason ?? '').slice(securityMark.length + doubt.length + 2);
}

/** A health in as few words as tell what is wrong: `SSH down`, `Host key changed`, `Healthy`. */
export function healthWord(health: Pick<Health, 'status' | 'reason' | 'method'>): string {
  const doubt = securityDoubt(health);
  if (doubt !== null) return `${doubt.slice(0, 1).toUpperCase()}${doubt.slice(1)}`;
  return health.status === 'unhealthy' && health.method === 'ssh' ? 'SSH down' : healthWords[health.status];
}
