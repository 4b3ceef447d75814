import { expect, it } from 'vitest';
import { noValues } from '../../../../main/contract/sample.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import type { AzureMinute } from '../../../../main/engine/ports/azure-insight.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure } from '../../../support/fake-azure.ts';
import { MemoryMetrics, MemorySettings, MemoryStore } from '../../../support/fake-ports.ts';

const minute = 60_000;
const startAt = Date.parse('2026-01-01T00:00:00Z');

function settings(): MemorySettings {
  const file = new MemorySettings();
  file.reading = { settings: Settings.parse({ azure: { sign_in: 'browser' } }), fault: null };
  return file;
}

/** A store that knows the machines, and the readings that an engine left behind so many minutes before the next begins. */
async function left(azure: FakeAzure, store: MemoryStore, metrics: MemoryMetrics, agos: ReadonlyMap<string, number>) {
  const first = await engineUnderTest({ azure, store, metrics, settings: settings(), startAt });
  await first.engine.handlers['azure.refresh']({}, someone);
  const machines = await first.engine.handlers['machine.list']({}, someone);
  await first.engine.stop();
  metrics.samples.length = 0;
  for (const { id, name } of machines) {
    const atMs = startAt - (agos.get(name) ?? 0) * minute;
    metrics.samples.push({ ...noValues, machineId: id, source: 'azure', atMs, error: null, cpuPercent: 1 });
    if (name === 'b')
      metrics.samples.push({ ...noValues, machineId: id, source: 'azure', atMs: startAt, error: 'cut' });
  }
  azure.metricRounds.length = 0;
}

it('a new engine goes on where the last one ended: nothing is left out and nothing put down twice', async () => {
  const azure = new FakeAzure();
  const vms = [azure.add('a'), azure.add('b')];
  const store = new MemoryStore();
  const metrics = new MemoryMetrics();
  await left(
    azure,
    store,
    metrics,
    new Map([
      ['a', 14],
      ['b', 17],
    ]),
  );
  const minutes = Array.from(
    { length: 30 },
    (_, index): AzureMinute => ({
      atMs: startAt - (29 - index) * minute,
      values: {
        cpuPercent: 5,
        memoryPercent: null,
        diskReadBytesPerSecond: null,
        diskWriteBytesPerSecond: null,
        networkInBytesPerSecond: null,
        networkOutBytesPerSecond: null,
      },
    }),
  );
  for (const vm of vms) azure.measured.set(vm.resourceId.toLowerCase(), { ok: true, value: minutes });
  const test = await engineUnderTest({ azure, store, metrics, settings: settings(), startAt });
  await test.clock.advance(2 * minute);
  expect(azure.metricRounds).toEqual([{ machines: 2, fromMs: startAt - 18 * minute }]);
  const good = metrics.samples.filter(({ source, error }) => source === 'azure' && error === null);
  expect(new Set(good.map(({ machineId, atMs }) => `${machineId} ${atMs}`)).size).toBe(good.length);
  // Of `a` the 14 minutes since, of `b` the 17: its failed reading in between hides nothing.
  expect(good.length).toBe(2 + 14 + 17);
  await test.engine.stop();
});

it('a machine that was silent for an hour is asked about by itself, and no further back than two', async () => {
  const azure = new FakeAzure();
  for (const name of ['a', 'c', 'd']) azure.add(name);
  const store = new MemoryStore();
  const metrics = new MemoryMetrics();
  await left(
    azure,
    store,
    metrics,
    new Map([
      ['a', 5],
      ['c', 60],
      ['d', 600],
    ]),
  );
  const test = await engineUnderTest({ azure, store, metrics, settings: settings(), startAt });
  await test.clock.advance(2 * minute);
  expect(azure.metricRounds.map(({ machines }) => machines)).toEqual([2, 1]);
  const [recent, silent] = azure.metricRounds.map(({ fromMs }) => Math.round((startAt - fromMs) / minute));
  // `d` begins anew, ten minutes back from its first round.
  expect(recent).toBeGreaterThanOrEqual(6);
  expect(recent).toBeLessThanOrEqual(11);
  expect(silent).toBe(61);
  await test.engine.stop();
});
