import { expect, it } from 'vitest';
import { WatchConfig } from '../../../../main/contract/lifecycle.ts';
import { createHealthWatch } from '../../../../main/engine/health/health-watch.ts';
import { watchedHost } from '../../../../main/engine/health/watched-machine.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';

const second = 1000;

/** How many of a fleet are first checked in each of the first seconds. */
async function firstChecks(machines: number, seconds: number): Promise<readonly number[]> {
  const clock = new ManualClock();
  const ids = Array.from({ length: machines }, (_, index) => String(index));
  const missing = () => Promise.reject(new Error('Only SSH is checked here.'));
  let checks = 0;
  const watch = createHealthWatch({
    clock,
    log: recordingLog(),
    checks: {
      clock,
      ssh: {
        check: async () => {
          checks += 1;
          return { finding: 'ok', reason: 'It let us in.', durationMs: 1 };
        },
        run: missing,
        layOutHostKeys: missing,
        forget: async () => {},
      },
      probes: { tcp: missing, http: missing },
      findProcess: missing,
      askAgent: missing,
      searchConsole: missing,
      consoleEnd: missing,
      runScript: missing,
      guestValues: () => null,
    },
    skew: (id) => Number(id) / machines,
    watched: (id) =>
      watchedHost(
        {
          id,
          name: `host-${id}`,
          address: '192.0.2.1',
          port: 22,
          user: null,
          keyFile: null,
          trustOnFirstUse: false,
          createdAt: '2026-01-01T00:00:00.000Z',
        },
        WatchConfig.parse({}),
        'dev',
      ),
    changed: () => {},
    rebooted: () => {},
  });
  watch.sync(ids);
  const counts: number[] = [];
  for (let at = 0; at < seconds; at += 1) {
    const before = checks;
    await clock.advance(second);
    counts.push(checks - before);
  }
  await watch.stop();
  return counts;
}

it('few machines are first checked within two seconds', async () => {
  const counts = await firstChecks(20, 3);
  expect(counts.slice(0, 2).reduce((sum, count) => sum + count, 0)).toBe(20);
});

it('a thousand machines are first checked twenty a second, so that they do not come together in every round', async () => {
  const counts = await firstChecks(1000, 51);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
  expect(Math.max(...counts)).toBeLessThanOrEqual(21);
});
