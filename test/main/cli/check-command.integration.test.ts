import { afterEach, beforeEach, expect, test } from 'vitest';
import { VigilError } from '../../../main/contract/failure.ts';
import type { HealthRound } from '../../../main/contract/health-check.ts';
import type { HealthStatus } from '../../../main/contract/machine.ts';
import { type CliHome, cliHome } from '../../support/cli-home.ts';

/** `vigil check` before an engine that answers as told. */

let rounds: readonly HealthRound[] | Error;
let cli: CliHome;

beforeEach(async () => {
  cli = await cliHome({
    'health.check': () => {
      if (rounds instanceof Error) throw rounds;
      return rounds;
    },
  });
});
afterEach(() => cli.end());

const round = (machine: string, status: HealthStatus): HealthRound => ({
  machine,
  status,
  reason: status === 'healthy' ? null : 'web.service is inactive.',
  at: '2026-01-01T00:00:00.000Z',
  checks: [
    {
      method: 'unit',
      subject: 'web.service',
      kind: status === 'unhealthy' ? 'failed' : 'ok',
      reason: 'web.service is \u001b[31minactive.',
      advice: 'See `systemctl status web.service` on it.',
      at: '2026-01-01T00:00:00.000Z',
      durationMs: 5,
      failures: 1,
      threshold: 3,
    },
  ],
});

test.each([
  [['healthy'], 0],
  [['degraded'], 1],
  [['unhealthy'], 2],
  [['unknown'], 3],
  [['not-applicable'], 3],
  [['healthy', 'unknown', 'degraded'], 1],
  [['unknown', 'unhealthy', 'degraded'], 2],
  [['healthy', 'not-applicable'], 3],
  [[], 3],
] as const)('of machines that are %j, check ends with %i', async (statuses, code) => {
  rounds = statuses.map((status, index) => round(`box-${index}`, status));
  expect((await cli.vigil('check')).exitCode).toBe(code);
});

test('a line for each check says how bad it is and what to do, without what a machine smuggled in', async () => {
  rounds = [round('box', 'unhealthy')];
  const { stdout } = await cli.vigil('check', 'box');
  expect(cli.inputOf('health.check')).toEqual({ machine: 'box' });
  expect(stdout).toContain('box: CRITICAL web.service is inactive.');
  expect(stdout).toMatch(/^ {2}CRITICAL {2}Unit web\.service {2}web\.service is .*inactive\.$/m);
  expect(stdout).toContain('See `systemctl status web.service` on it.');
  expect(stdout).not.toContain('\u001b');
});

test('what could not be asked is unknown, never a warning', async () => {
  rounds = new VigilError('not-found', "There is no machine 'box'.");
  expect(await cli.vigil('check', 'box')).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("no machine 'box'"),
  });
  expect(JSON.parse((await cli.vigil('check', 'box', '--json')).stdout)).toMatchObject({
    error: { code: 'not-found' },
  });
});
