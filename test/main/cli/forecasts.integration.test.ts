import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSqliteMetricsStore } from '../../../main/adapters/sqlite/sqlite-metrics-store.ts';
import type { Forecast } from '../../../main/contract/forecast.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { noValues } from '../../../main/contract/sample.ts';
import type { StoredSample } from '../../../main/engine/ports/metrics-store.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { RecordingLog } from '../../support/fake-ports.ts';
import { killProcessesOfHome } from '../../support/processes-of-home.ts';

/** From readings in the real store to the words of the real command line. */

const hourMs = 3_600_000;
const hours = 16 * 24;
const migrationsFolder = fileURLToPath(new URL('../../../resources/migrations/metrics', import.meta.url));

let folder = '';
let home = '';
const vigil = (...args: string[]) => runCliProcess(home, args);
const forecasts = async (...args: string[]): Promise<readonly Forecast[]> => {
  const { exitCode, stderr, stdout } = await vigil('monitor', 'forecast', '--json', ...args);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as readonly Forecast[];
};

beforeAll(async () => {
  folder = mkdtempSync('/tmp/vf-');
  home = path.join(folder, 'home');
  // Nothing answers at this address, so nothing is read but what is laid down here.
  for (const name of ['full', 'new']) {
    const added = await vigil('host', 'add', name, '--address', '127.0.0.1', '--port', '1');
    expect(added.exitCode, added.stderr).toBe(0);
  }
  const machines = JSON.parse((await vigil('list', '--json')).stdout) as readonly Machine[];
  const idOf = (name: string): string => machines.find((machine) => machine.name === name)?.id ?? '';
  await vigil('lifecycle', 'daemon', 'stop');
  const store = createSqliteMetricsStore({ home, migrationsFolder, log: new RecordingLog() });
  await store.append([...readings(idOf('full'), hours), ...readings(idOf('new'), 4 * 24)]);
  await store.close();
}, 120_000);

afterAll(async () => {
  await vigil('lifecycle', 'daemon', 'stop');
  await killProcessesOfHome(home);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Twice an hour up to now, the disk a point a day fuller up to 80 %; one day in the middle failed. */
function readings(machineId: string, count: number): StoredSample[] {
  const end = Math.floor(Date.now() / hourMs);
  return Array.from({ length: count * 2 }, (_, index): StoredSample => {
    const hour = index / 2;
    const left = count - hour;
    const failed = left > 100 && left <= 124;
    const values = failed ? noValues : { ...noValues, cpuPercent: 30, diskPercent: 80 - left / 24 };
    return {
      machineId,
      atMs: (end - count + hour) * hourMs + 60_000,
      source: 'ssh',
      error: failed ? 'The machine did not answer.' : null,
      ...values,
    };
  });
}

describe('vigil monitor forecast', () => {
  it('foretells from what is stored when a disk is full, reads a failed day as nothing, and says of the young how much there is', async () => {
    const all = await forecasts();
    expect(all).toHaveLength(6);
    const [disk] = all;
    expect(disk).toMatchObject({
      machine: 'full',
      metric: 'diskPercent',
      status: 'ok',
      trend: 'increasing',
      atRisk: true,
      recordedDays: 15,
    });
    expect(disk?.currentValue).toBeCloseTo(80, 0);
    expect(disk?.predicted7d).toBeCloseTo(87, 0);
    expect(disk?.daysUntilThreshold).toBeGreaterThan(9);
    expect(disk?.daysUntilThreshold).toBeLessThan(11);
    expect(disk?.backtestError).toBeLessThan(2);
    const cpu = all.find(({ machine, metric }) => machine === 'full' && metric === 'cpuPercent');
    expect(cpu).toMatchObject({ status: 'ok', predicted30d: 30, atRisk: false });
    const young = all.filter(({ machine }) => machine === 'new');
    expect(Object.fromEntries(young.map(({ metric, reason }) => [metric, reason]))).toEqual({
      cpuPercent: '4 of 7 days with readings.',
      memoryPercent: 'Nothing has been read yet.',
      diskPercent: '4 of 7 days with readings.',
    });
  });

  it('keeps what is at risk within the days asked for', async () => {
    expect(await forecasts('--at-risk-only', '--days', '9')).toEqual([]);
  });
});
