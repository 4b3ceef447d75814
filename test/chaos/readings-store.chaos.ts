import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import DatabaseConstructor from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { createOldReadings } from '../../main/adapters/sqlite/drop-old.ts';
import { createMetricsRows } from '../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../main/adapters/sqlite/open-metrics-database.ts';
import { PackedMetrics } from '../../main/adapters/sqlite/packed-metrics.ts';
import { beginMs, FleetSeries, machineId, minuteMs } from '../bench/store-lanes/fleet-series.ts';
import { storeAndCompare } from '../main/adapters/sqlite/roll-up-truth.ts';
import { ownTime } from '../support/own-time.ts';

const migrationsFolder = fileURLToPath(new URL('../../resources/migrations/metrics', import.meta.url));
const dayMs = 86_400_000;
const mib = 1_048_576;
/** No question waits longer for old readings to be dropped: it comes between two slices of that. */
const sliceMs = 50;

function folderOf(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-readings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('hours and days of 10,000 random series are what a brute-force reckoning says, whenever the store is killed', () => {
  let [series, buckets, kills, worst] = [0, 0, 0, 0];
  for (let seed = 1000; seed < 1200; seed += 1) {
    const folder = mkdtempSync(path.join(tmpdir(), 'vigil-truth-'));
    const found = storeAndCompare(folder, seed, 50);
    rmSync(folder, { recursive: true, force: true });
    expect(found.faults, `seed ${seed}`).toEqual([]);
    series += found.series;
    buckets += found.buckets;
    kills += found.kills;
    worst = Math.max(worst, found.worstError);
  }
  console.log(`${series} series, ${buckets} buckets, ${kills} kills, worst error ${worst}`);
  expect([series, worst <= 1e-9]).toEqual([10_000, true]);
}, 1_800_000);

/**
 * A day costs so much for each machine: its readings as they are packed, its hours and itself. What is kept is at most 8
 * days of readings, 31 of hours and 91 of days.
 */
it('after 90 days of 1,000 machines the file is at most 1.2 times what is reckoned, and thinning never holds a question up', () => {
  const home = folderOf();
  const { db } = openMetricsDatabase({ home, migrationsFolder, now: 0 });
  onTestFinished(() => void db.close());
  db.pragma('synchronous = OFF');
  const rows = createMetricsRows(db, (sentence) => expect(sentence).toBe(''));
  const machines = 1000;
  // Every five minutes, the longest interval that a person is promised, so that it ends this night.
  const stepMs = 5 * minuteMs;
  const fleet = new FleetSeries(machines);
  const file = path.join(home, 'metrics.db');
  const sizes: number[] = [];
  let longestWorkMs = 0;
  let longestMs = 0;
  let longestFlushedMs = 0;
  let largestLog = 0;
  for (let round = 0; round < (90 * dayMs) / stepMs; round += 1) {
    rows.append(fleet.next(stepMs));
    while (rows.tidy());
    largestLog = Math.max(largestLog, statSync(`${file}-wal`).size);
    if (round % (3_600_000 / stepMs) !== 0) continue;
    const now = beginMs + round * stepMs;
    const keptFrom = { raw: now - 7 * dayMs, hourly: now - 30 * dayMs, daily: now - 90 * dayMs };
    // Flushed to the disk as it is in use, too, which takes as long as the disk has other work: told, and no more.
    const isFlushed = now - beginMs > 88 * dayMs;
    if (isFlushed) db.pragma('synchronous = FULL');
    for (;;) {
      let removed = 0;
      const { ownMs, workMs } = ownTime(() => {
        removed = rows.removeSlice(keptFrom, Number.MAX_SAFE_INTEGER);
      });
      longestWorkMs = Math.max(longestWorkMs, workMs);
      if (isFlushed) longestFlushedMs = Math.max(longestFlushedMs, ownMs);
      else longestMs = Math.max(longestMs, ownMs);
      if (removed === 0) break;
    }
    db.pragma('synchronous = OFF');
    if (round % (dayMs / stepMs) === 0) sizes.push(statSync(file).size);
  }
  const count = (table: string, column: string): { readonly n: number; readonly bytes: number } =>
    db
      .prepare<[], { n: number; bytes: number }>(`SELECT count(*) AS n, sum(length(${column})) AS bytes FROM ${table}`)
      .get() ?? { n: 0, bytes: 0 };
  const [blocks, hours, days] = [count('blocks', 'samples'), count('hours', 'entries'), count('days', 'entries')];
  // Of what is kept at most, with ten bytes a row for its key and its place.
  const mean = ({ n, bytes }: { n: number; bytes: number }) => bytes / n + 10;
  const reckoned = machines * (mean(blocks) * 24 * 8 + mean(hours) * 31 + mean(days) * 91) + 4 * mib;
  const size = statSync(file).size;
  console.log(
    `${(size / mib).toFixed(0)} MiB, reckoned ${(reckoned / mib).toFixed(0)} MiB; longest slice ${longestWorkMs.toFixed(1)} ms of work in ${longestMs.toFixed(1)} ms, with its flush in ${longestFlushedMs.toFixed(1)} ms; largest log ${(largestLog / mib).toFixed(1)} MiB; by day ${sizes.map((each) => Math.round(each / mib)).join(' ')}`,
  );
  expect(size).toBeLessThanOrEqual(1.2 * reckoned);
  expect(largestLog).toBeLessThanOrEqual(64 * mib);
  // Its work: the pauses of a computer that has too much to do are none of ours.
  expect(longestWorkMs).toBeLessThan(sliceMs);
  const asked = { machineIds: [machineId(5)], source: 'host', fromMs: 0, toMs: 9e15, metrics: [] } as const;
  expect(rows.rollUps({ ...asked, level: 'daily' })[0]?.startMs.length).toBeGreaterThanOrEqual(90);
  expect(rows.rollUps({ ...asked, level: 'hourly' })[0]?.startMs.length).toBeGreaterThanOrEqual(30 * 24);
}, 1_800_000);

it('the control: three days of 1,000 machines dropped in one piece holds a question up for longer', () => {
  const { db } = openMetricsDatabase({ home: folderOf(), migrationsFolder, now: 0 });
  onTestFinished(() => void db.close());
  db.pragma('synchronous = OFF');
  const rows = createMetricsRows(db, (sentence) => expect(sentence).toBe(''));
  const stepMs = 5 * minuteMs;
  const fleet = new FleetSeries(1000);
  for (let round = 0; round < (4.5 * dayMs) / stepMs; round += 1) {
    rows.append(fleet.next(stepMs));
    while (rows.tidy());
  }
  const old = createOldReadings(new PackedMetrics(db, (sentence) => expect(sentence).toBe('')), 1_000_000);
  const keptFrom = { raw: beginMs + 3 * dayMs, hourly: 0, daily: 0 };
  let removed = 0;
  const { ownMs, workMs } = ownTime(() => {
    removed = old.removeSlice(keptFrom);
  });
  console.log(`${removed} rows in one piece: ${workMs.toFixed(0)} ms of work in ${ownMs.toFixed(0)} ms`);
  expect(removed).toBe(72_000);
  expect(workMs).toBeGreaterThan(2 * sliceMs);
}, 600_000);

it('nobody else can hold the file open for reading, so that nobody holds its log', () => {
  const home = folderOf();
  const { db } = openMetricsDatabase({ home, migrationsFolder, now: 0 });
  onTestFinished(() => void db.close());
  const rows = createMetricsRows(db, () => {});
  const fleet = new FleetSeries(200);
  const file = path.join(home, 'metrics.db');
  let largest = 0;
  for (let round = 0; round < 400; round += 1) {
    rows.append(fleet.next());
    while (rows.tidy());
    if (round % 100 === 0) {
      const reader = new DatabaseConstructor(file, { readonly: true, timeout: 0 });
      expect(() => reader.prepare('SELECT count(*) FROM blocks').get()).toThrow(/locked/);
      reader.close();
    }
    largest = Math.max(largest, statSync(`${file}-wal`).size);
  }
  console.log(`largest log ${(largest / mib).toFixed(1)} MiB`);
  expect(largest).toBeLessThanOrEqual(8 * mib);
}, 600_000);
