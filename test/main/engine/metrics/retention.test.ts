import { expect, it } from 'vitest';
import { Settings } from '../../../../main/contract/settings.ts';
import { createRetention } from '../../../../main/engine/metrics/retention.ts';
import { MemoryMetrics, RecordingLog } from '../../../support/fake-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { storedSample } from '../../adapters/sqlite/stored-sample.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function retention(over: object = {}) {
  const [clock, store, log] = [new ManualClock(), new MemoryMetrics(), new RecordingLog()];
  store.samples.push(storedSample('a', clock.wallNow() - hourMs));
  const retain = createRetention({ clock, store, log, settings: () => Settings.parse(over) });
  return { clock, store, log, retain };
}

it('each level is kept for as many days as its setting says', async () => {
  const { clock, store, retain } = retention({ retention: { raw_days: 2, hourly_days: 10, daily_days: 20 } });
  await retain();
  const now = clock.wallNow();
  expect(store.kept).toEqual([{ raw: now - 2 * dayMs, hourly: now - 10 * dayMs, daily: now - 20 * dayMs }]);
});

it('a night asleep drops what is old as ever', async () => {
  const { clock, store, retain } = retention();
  await retain();
  clock.jumpWall(8 * hourMs);
  await clock.advance(hourMs);
  await retain();
  expect(store.kept).toHaveLength(2);
});

it.each([
  ['a year', 365 * dayMs],
  ['two days', 2 * dayMs],
])('a clock that goes %s ahead and is set right within a day costs no reading', async (_what, jumpMs) => {
  const { clock, store, log, retain } = retention();
  await retain();
  clock.jumpWall(jumpMs);
  for (let hour = 0; hour < 20; hour += 1) {
    await clock.advance(hourMs);
    await retain();
  }
  expect(store.kept).toHaveLength(1);
  expect(JSON.stringify(log.lines)).toContain('old readings stay for a day');
  clock.jumpWall(-jumpMs);
  await clock.advance(hourMs);
  await retain();
  expect(store.kept.at(-1)?.raw).toBe(clock.wallNow() - 7 * dayMs);
  expect(store.samples).toHaveLength(1);
});

it('one that stays ahead is believed after a day', async () => {
  const { clock, store, retain } = retention();
  await retain();
  clock.jumpWall(365 * dayMs);
  await retain();
  await clock.advance(dayMs);
  await retain();
  expect([store.kept.length, store.samples.length]).toEqual([2, 0]);
});

it('after a start long after the last reading nothing is dropped for a day', async () => {
  const { clock, store, retain } = retention();
  clock.jumpWall(300 * dayMs);
  await retain();
  expect(store.kept).toEqual([]);
  await clock.advance(dayMs);
  await retain();
  expect(store.kept).toHaveLength(1);
});

it('an empty store is no reason to wait', async () => {
  const { store, retain } = retention();
  store.samples.length = 0;
  await retain();
  expect(store.kept).toHaveLength(1);
});
