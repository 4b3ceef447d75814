import { describe, expect, it } from 'vitest';
import {
  type CheckResult,
  type HealthState,
  healthAfter,
  unknownSince,
} from '../../../../main/engine/health/health-state.ts';
import { sshCheckResult } from '../../../../main/engine/health/ssh-check.ts';
import { sshFindings } from '../../../../main/engine/ports/ssh.ts';

const thresholds = { failuresToFail: 3, successesToRecover: 2, startAllowanceMs: 120_000 };
const result = (kind: CheckResult['kind'], reason: string = kind): CheckResult => ({
  kind,
  method: 'ssh',
  reason,
  advice: null,
  durationMs: 5,
  cause: null,
});
const minute = 60_000;

/** Checks a minute apart, the first at minute 10. */
function checked(kinds: readonly CheckResult['kind'][], startedAt: number | null = 0): HealthState {
  return kinds.reduce<HealthState>(
    (state, kind, index) => healthAfter(state, result(kind), (10 + index) * minute, startedAt, thresholds),
    unknownSince(0, 'not checked yet'),
  );
}

describe('health', () => {
  it('turns healthy with the first good check', () => {
    expect(checked(['ok'])).toMatchObject({ status: 'healthy', since: 10 * minute, reachable: true });
  });

  it('bears two failures, and with the third is unhealthy since the first', () => {
    expect(checked(['ok', 'failed', 'failed'])).toMatchObject({ status: 'healthy', failures: 2, reachable: false });
    expect(checked(['ok', 'failed', 'failed', 'failed'])).toMatchObject({
      status: 'unhealthy',
      failures: 3,
      since: 11 * minute,
    });
  });

  it('begins counting anew after a good check', () => {
    expect(checked(['ok', 'failed', 'failed', 'ok', 'failed', 'failed'])).toMatchObject({
      status: 'healthy',
      failures: 2,
    });
  });

  it('needs two good checks to recover', () => {
    expect(checked(['failed', 'failed', 'failed', 'ok']).status).toBe('unhealthy');
    expect(checked(['failed', 'failed', 'failed', 'ok', 'ok'])).toMatchObject({
      status: 'healthy',
      since: 14 * minute,
    });
  });

  it('counts no failure while a machine is starting up', () => {
    const startedAt = 10 * minute;
    expect(checked(['failed', 'failed'], startedAt)).toMatchObject({
      status: 'unknown',
      failures: 0,
      reason: 'It is still starting up.',
    });
    expect(checked(['failed', 'failed', 'failed', 'failed', 'failed'], startedAt)).toMatchObject({
      status: 'unhealthy',
      failures: 3,
    });
  });

  it('does not count what cannot be told, and does not forget what was counted', () => {
    expect(checked(['ok', 'failed', 'failed', 'unknown'])).toMatchObject({ status: 'unknown', failures: 2 });
    expect(checked(['ok', 'failed', 'failed', 'unknown', 'failed'])).toMatchObject({
      status: 'unhealthy',
      failures: 3,
    });
  });

  it('keeps the moment of a status while it stands', () => {
    expect(checked(['ok', 'ok', 'ok']).since).toBe(10 * minute);
  });
});

describe('an SSH finding', () => {
  it('calls a machine down only where nothing answered', () => {
    const down = sshFindings.filter(
      (finding) => sshCheckResult({ finding, reason: '', durationMs: 1 }).kind === 'failed',
    );
    expect(down).toEqual(['refused', 'timeout', 'unreachable', 'no-banner', 'closed']);
  });

  it('with a changed host key is a matter of security and never a failure', () => {
    const changed = sshCheckResult({
      finding: 'host-key-changed',
      reason: 'The host key of 10.0.0.5 changed.',
      durationMs: 1,
    });
    expect(changed).toMatchObject({
      kind: 'degraded',
      reason: 'Security: host key changed. The host key of 10.0.0.5 changed.',
    });
    const states = [1, 2, 3, 4].reduce<HealthState>(
      (state, now) => healthAfter(state, changed, now, null, thresholds),
      unknownSince(0, ''),
    );
    expect(states).toMatchObject({ status: 'degraded', failures: 0 });
  });
});
