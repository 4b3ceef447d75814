import { expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { noValues } from '../../../../main/contract/sample.ts';
import { createRecentReadings } from '../../../../main/engine/metrics/recent-readings.ts';
import type { SampleSlice, StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { MemoryMetrics } from '../../../support/fake-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const minute = 60_000;
const sample = (clock: ManualClock, minutesAgo: number, cpuPercent: number | null, machineId = 'a'): StoredSample => ({
  ...noValues,
  machineId,
  source: 'host',
  atMs: clock.wallNow() - minutesAgo * minute,
  cpuPercent,
  error: null,
});

function readings(clock: ManualClock, stored: readonly StoredSample[]) {
  const slices: SampleSlice[] = [];
  const kept = new MemoryMetrics();
  kept.samples.push(...stored);
  const newest = [...new Map(stored.map((each) => [each.machineId, each])).values()];
  const store = {
    newest: async () => newest,
    slice: async (slice: SampleSlice) => {
      slices.push(slice);
      return kept.slice(slice);
    },
  };
  const ports = { clock, store, intervalMs: () => minute, nameOf: (id: string) => (id === 'gone' ? undefined : id) };
  return { recent: createRecentReadings(ports), slices, store };
}

it('what was read before this engine began is there from the first question on, for all machines, and is fetched once', async () => {
  const clock = new ManualClock();
  const { recent, slices } = readings(clock, [
    sample(clock, 3, 10),
    sample(clock, 2, 20),
    sample(clock, 1, 30),
    sample(clock, 1, 5, 'b'),
    sample(clock, 1, 7, 'gone'),
    sample(clock, 600, 9, 'long ago'),
  ]);
  recent.remember([sample(clock, 0, 40)]);
  const series = await recent.series(24);
  expect(series.map(({ machineId, cpuPercent }) => [machineId, cpuPercent])).toEqual([
    ['a', [10, 20, 30, 40]],
    ['b', [5]],
  ]);
  await recent.series(24);
  expect((await recent.series(24, ['b', 'a stranger'])).map(({ machineId }) => machineId)).toEqual(['b']);
  expect(slices.map(({ machineId }) => machineId)).toEqual(['a', 'b']);
});

it('a time in which nothing was read breaks the line', async () => {
  const clock = new ManualClock();
  const { recent } = readings(clock, [sample(clock, 20, 10), sample(clock, 19, 20)]);
  recent.remember([sample(clock, 0, 30)]);
  const [series] = await recent.series(24);
  expect(series?.cpuPercent).toEqual([10, 20, null, 30]);
  expect((await recent.series(2))[0]?.cpuPercent).toEqual([null, 30]);
});

it('a store that does not answer costs the past only, and is asked again', async () => {
  const clock = new ManualClock();
  const { recent, store } = readings(clock, [sample(clock, 1, 10)]);
  const answer = store.newest;
  store.newest = async () => {
    throw new VigilError('timeout', 'The store does not answer.');
  };
  recent.remember([sample(clock, 0, 40)]);
  expect((await recent.series(24))[0]?.cpuPercent).toEqual([40]);
  store.newest = answer;
  expect((await recent.series(24))[0]?.cpuPercent).toEqual([10, 40]);
});

it('no more is kept than is ever asked for', async () => {
  const clock = new ManualClock();
  const { recent } = readings(clock, []);
  for (let round = 0; round < 100; round += 1) recent.remember([sample(clock, 100 - round, round)]);
  expect((await recent.series(60))[0]?.cpuPercent).toEqual(Array.from({ length: 60 }, (_, index) => 40 + index));
});
