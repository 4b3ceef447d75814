import { describe, expect, it } from 'vitest';
import type { CheckKind, CheckMethod } from '../../../../main/contract/health-check.ts';
import type { HealthStatus } from '../../../../main/contract/machine.ts';
import {
  combinedHealth,
  inOrderOfWeight,
  roundStatus,
  type Standing,
} from '../../../../main/engine/health/combine-health.ts';
import { notApplicable } from '../../../../main/engine/health/health-state.ts';

const kindOf: Readonly<Record<string, CheckKind>> = {
  healthy: 'ok',
  degraded: 'degraded',
  unhealthy: 'failed',
  unknown: 'unknown',
};

function standing(method: CheckMethod, status: HealthStatus, kind = kindOf[status] ?? 'ok'): Standing {
  const reason = `${method} is ${status}`;
  return {
    method,
    subject: null,
    state: { ...notApplicable, status, reason: status === 'healthy' ? null : reason, since: 5, method },
    result: { kind, method, reason, advice: null, durationMs: 1, cause: null },
    at: 10,
  };
}
const combined = (...standings: readonly Standing[]) => combinedHealth(notApplicable, standings, 20);

describe('the health of a machine', () => {
  it.each([
    [
      'the worst of its checks',
      [standing('ssh', 'healthy'), standing('disk', 'degraded'), standing('unit', 'unhealthy')],
      'unhealthy',
      'unit',
    ],
    ['a warning', [standing('ssh', 'healthy'), standing('disk', 'degraded')], 'degraded', 'disk'],
    [
      'a warning, though SSH cannot tell',
      [standing('ssh', 'unknown'), standing('disk', 'degraded')],
      'degraded',
      'disk',
    ],
    ['unknown where SSH cannot tell', [standing('ssh', 'unknown'), standing('power', 'healthy')], 'unknown', 'ssh'],
    ['not unknown for any other check', [standing('ssh', 'healthy'), standing('memory', 'unknown')], 'healthy', 'ssh'],
    [
      'unknown where that is all there is',
      [standing('power', 'unknown'), standing('agent', 'unknown')],
      'unknown',
      'power',
    ],
    [
      'unknown while what fails has not had its say',
      [standing('power', 'healthy'), standing('http', 'unknown', 'failed')],
      'unknown',
      'http',
    ],
    ['well when all are', [standing('ssh', 'healthy'), standing('power', 'healthy')], 'healthy', 'ssh'],
  ] as const)('is %s', (_name, standings, status, method) => {
    expect(combined(...standings)).toMatchObject({ status, method, lastCheckAt: 20 });
  });

  it('keeps the moment of a status as long as it stands, whoever decides', () => {
    const before = { ...notApplicable, status: 'degraded' as const, since: 3 };
    expect(combinedHealth(before, [standing('disk', 'degraded')], 20).since).toBe(3);
    expect(combinedHealth(before, [standing('ssh', 'unhealthy')], 20).since).toBe(5);
  });

  it('names the check that decides first', () => {
    const order = inOrderOfWeight([
      standing('ssh', 'healthy'),
      standing('disk', 'unknown'),
      standing('unit', 'unhealthy'),
    ]);
    expect(order.map(({ method }) => method)).toEqual(['unit', 'ssh', 'disk']);
  });
});

describe('one round alone', () => {
  const failing = (failures: number): Standing => {
    const unit = standing('unit', 'healthy', 'failed');
    return { ...unit, state: { ...unit.state, failures } };
  };

  it('takes a failure at its word, whatever the thresholds say', () => {
    expect(roundStatus([standing('ssh', 'healthy'), failing(1)]).status).toBe('unhealthy');
  });

  it('holds nothing against a machine that is starting up', () => {
    expect(roundStatus([standing('power', 'healthy'), failing(0)]).status).toBe('unknown');
  });
});
