import type { Health, Machine } from './machine.ts';
import type { Operation } from './operation.ts';

/** How much a machine asks for a person's eye; the order is the order of the fleet, worst first. */
export const severities = ['critical', 'unknown', 'warning', 'working', 'well', 'resting'] as const;
export type Severity = (typeof severities)[number];

/** The one judgement over a machine, for the window and the tray alike. Unknown is not down: it asks for a look only. */
export function severityOf(machine: Machine, operation: Operation | undefined): Severity {
  const { state, health, notice, provider } = machine;
  if (state === 'failed' || health.status === 'unhealthy' || notice?.severity === 'critical') return 'critical';
  // Of a host nothing but its health is ever known.
  if (provider === 'ssh') return severityOfHost(health);
  if (state === 'unknown' || isUndecided(health)) return 'unknown';
  if (health.status === 'degraded' || notice?.severity === 'warning' || isPaidWhileOff(machine)) return 'warning';
  if (operation !== undefined) return 'working';
  switch (state) {
    case 'creating':
    case 'starting':
    case 'stopping':
    case 'deallocating':
      return 'working';
    case 'running':
      return 'well';
    case 'paused':
    case 'suspended':
    case 'stopped':
    case 'deallocated':
      return 'resting';
  }
}

function severityOfHost(health: Health): Severity {
  switch (health.status) {
    case 'unhealthy':
      return 'critical';
    case 'degraded':
      return 'warning';
    case 'unknown':
      return isUndecided(health) ? 'unknown' : 'working';
    case 'healthy':
      return 'well';
    case 'not-applicable':
      return 'resting';
  }
}

/**
 * Off, and its compute is paid for all the same: a machine of Azure that was stopped but not deallocated. Never while its
 * state is not known.
 */
export function isPaidWhileOff({ state, azure }: Pick<Machine, 'state' | 'azure'>): boolean {
  return state === 'stopped' && azure?.billed === true;
}

/** A check came back and could not tell. A first check that is still to come, and a guest that still boots, are no riddle. */
function isUndecided({ status, lastCheck, sshReachable }: Health): boolean {
  return status === 'unknown' && lastCheck !== null && sshReachable === null;
}

/** Whether a process is there (or, for a remote machine, whether it is up). */
export function isUp({ state }: Machine): boolean {
  return state === 'running' || state === 'paused' || state === 'starting' || state === 'stopping';
}
