import { describe, expect, it } from 'vitest';
import { healthWord, securityDoubt, securityReason } from '../../../main/contract/health-words.ts';
import type { Health, Machine } from '../../../main/contract/machine.ts';
import { severityOf } from '../../../main/contract/machine-condition.ts';
import { machineOf, runningMachine } from '../../renderer/support/fleet-story.ts';

const health = (change: Partial<Health>): { readonly health: Health } => ({
  health: {
    status: 'unknown',
    reason: null,
    since: '2026-03-17T20:00:00.000Z',
    sshReachable: null,
    sshFailures: 0,
    lastCheck: '2026-03-17T20:30:00.000Z',
    method: 'ssh',
    ...change,
  },
});
const running = (change: Partial<Health>) => runningMachine(1, 'a', 5, health(change));
const host = (change: Partial<Health>) =>
  machineOf(2, 'pi', { provider: 'ssh', state: 'unknown', wanted: 'running', ...health(change) });
const changedKey = {
  status: 'degraded',
  reason: securityReason('host key changed', 'pi:22 shows another one.'),
} as const;

describe('how much a machine asks for a person', () => {
  it.each<[what: string, machine: Machine, severity: string]>([
    ['a failed one', machineOf(1, 'a', { state: 'failed' }), 'critical'],
    ['one whose checks fail', running({ status: 'unhealthy', sshReachable: false }), 'critical'],
    ['one whose check could not tell', running({}), 'unknown'],
    ['one that nobody checked yet', running({ lastCheck: null }), 'well'],
    ['one that is still starting up', running({ sshReachable: false }), 'well'],
    ['one with another host key', running(changedKey), 'warning'],
    ['a healthy one', running({ status: 'healthy', sshReachable: true }), 'well'],
    ['a stopped one', machineOf(1, 'a'), 'resting'],
    ['a host that answers', host({ status: 'healthy', sshReachable: true }), 'well'],
    ['a host that missed its first check', host({ status: 'healthy', sshReachable: false }), 'well'],
    ['a host that is down', host({ status: 'unhealthy', sshReachable: false }), 'critical'],
    ['a host whose key is refused', host({}), 'unknown'],
    ['a host that nobody checked yet', host({ lastCheck: null }), 'working'],
    ['a host that is not watched', host({ status: 'not-applicable', lastCheck: null }), 'resting'],
  ])('%s', (_what, machine, severity) => expect(severityOf(machine, undefined)).toBe(severity));
});

describe('the words for a health', () => {
  it('a changed host key is a doubt about who answers, never "down"', () => {
    const { health: changed } = running(changedKey);
    expect([healthWord(changed), securityDoubt(changed)]).toEqual(['Host key changed', 'host key changed']);
    expect(healthWord(running({ status: 'unhealthy' }).health)).toBe('SSH down');
  });

  it('words that a machine chose make no security state of something else', () => {
    const { health: forged } = running({ status: 'unhealthy', reason: changedKey.reason });
    expect([securityDoubt(forged), healthWord(forged)]).toEqual([null, 'SSH down']);
  });
});
