import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../../../main/contract/healing.ts';
import type { CheckKind, CheckMethod } from '../../../../main/contract/health-check.ts';
import { WatchConfig } from '../../../../main/contract/lifecycle.ts';
import type { Standing } from '../../../../main/engine/health/combine-health.ts';
import { evidenceOf } from '../../../../main/engine/health/health-evidence.ts';
import { notApplicable } from '../../../../main/engine/health/health-state.ts';
import type { Watched } from '../../../../main/engine/health/watched-machine.ts';

const failedAt = 1000;

const watched: Watched = {
  id: 'id',
  name: 'web',
  target: { host: '192.0.2.7', port: 22, user: 'dev', keyFile: null, hostKeyAlias: null, trustOnFirstUse: false },
  power: null,
  forwards: [],
  watch: WatchConfig.parse({}),
  run: 'one',
  startedAt: null,
  intervalMs: 60_000,
  timeoutMs: 30_000,
  thresholds: { failuresToFail: 3, successesToRecover: 1, startAllowanceMs: 0 },
};

function standing(
  method: CheckMethod,
  kind: CheckKind,
  {
    cause = null,
    subject = null,
    at = failedAt + 10,
  }: { cause?: FailureKind | null; subject?: string | null; at?: number } = {},
): Standing {
  const failures = kind === 'failed' ? 3 : 0;
  return {
    method,
    subject,
    state: { ...notApplicable, failures, failingSince: failures === 0 ? null : failedAt, since: failedAt },
    result: { kind, method, reason: `${method} is ${kind}`, advice: null, durationMs: 1, cause },
    at,
  };
}
const evidence = (standings: readonly Standing[], of: Watched = watched) => evidenceOf(of, notApplicable, standings);
const sshDown = standing('ssh', 'failed', { cause: 'unreachable' });

describe('what checks say to healing', () => {
  it('is that a unit failed, and which, while SSH works', () => {
    const unit = standing('unit', 'failed', { cause: 'unit-failed', subject: 'web.service' });
    expect(evidence([standing('ssh', 'ok'), unit])).toMatchObject({
      failure: { kind: 'unit-failed', since: failedAt, count: { failures: 3, threshold: 3 } },
      failedUnits: ['web.service'],
    });
  });

  it('is that the machine is out of reach when SSH fails, whatever else does', () => {
    const unit = standing('unit', 'failed', { cause: 'unit-failed', subject: 'web.service' });
    expect(evidence([unit, sshDown]).failure).toMatchObject({ kind: 'unreachable', reason: 'ssh is failed' });
  });

  it('is no failure where trust is in doubt, though another check fails', () => {
    const doubt = standing('ssh', 'degraded', { cause: 'host-key' });
    const http = standing('http', 'failed', { cause: 'unreachable', subject: 'http://192.0.2.7/' });
    expect(evidence([doubt, http]).failure?.kind).toBe('host-key');
  });

  it('is nothing for a disk that is full: no restart makes it emptier', () => {
    expect(evidence([standing('ssh', 'ok'), standing('disk', 'failed')]).failure).toBeNull();
  });

  it('contradicts a lost SSH with every other answer that came after it', () => {
    const signs = [
      standing('tcp', 'ok', { subject: '443' }),
      standing('http', 'ok', { subject: 'http://192.0.2.7/' }),
      standing('agent', 'ok'),
    ];
    expect(evidence([sshDown, ...signs]).contradictions).toEqual([
      'Its port 443 answers.',
      'http://192.0.2.7/ answers.',
      'Its guest agent answers.',
    ]);
  });

  it('takes no sign from before the failure, from port 22, or from a forward that takes everything', () => {
    const before = standing('http', 'ok', { subject: 'http://192.0.2.7/', at: failedAt });
    expect(evidence([sshDown, before, standing('tcp', 'ok', { subject: '22' })]).contradictions).toEqual([]);
    const local: Watched = { ...watched, power: 'running', forwards: [{ host: 8080, guest: 80 }] };
    expect(evidence([sshDown, standing('tcp', 'ok', { subject: '80' })], local).contradictions).toEqual([]);
  });
});
