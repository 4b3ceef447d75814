import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createMetricsRows } from '../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../main/adapters/sqlite/open-metrics-database.ts';
import { FleetSeries, minuteMs } from '../bench/store-lanes/fleet-series.ts';
import { killAppender } from '../main/adapters/sqlite/kill-appender.ts';
import { ownTime } from '../support/own-time.ts';

const kills = Number(process.env.VIGIL_KILL_ROUNDS ?? 200);
const seed = Number(process.env.VIGIL_SEED ?? Date.now() % 1_000_000);
const migrationsFolder = fileURLToPath(new URL('../../resources/migrations/metrics', import.meta.url));

function temporaryHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-kill-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

it(`readings survive ${kills} deaths of their writer: none that was acknowledged is lost, no hour and no day is wrong (seed ${seed})`, async () => {
  const report = await killAppender({ home: temporaryHome(), kills, seed, order: 'after' });
  console.log(`B13 (readings): R=${kills} M=0 seed=${seed};`, report);
  expect(report).toMatchObject({ lost: 0, torn: 0, damaged: 0 });
  expect(report.acknowledged).toBeGreaterThan(kills);
});

it(`control: a writer of readings that acknowledges before it writes is caught (seed ${seed})`, async () => {
  const report = await killAppender({ home: temporaryHome(), kills: 10, seed, order: 'before' });
  console.log(report);
  expect(report.lost).toBeGreaterThan(0);
});

it('a store of five million rows that was killed is open and answers within a second', () => {
  const home = temporaryHome();
  const { db } = openMetricsDatabase({ home, migrationsFolder, now: 0 });
  db.pragma('synchronous = OFF');
  const rows = createMetricsRows(db, (sentence) => expect(sentence).toBe(''));
  const [machines, rounds] = [1000, 5000];
  const fleet = new FleetSeries(machines);
  for (let round = 0; round < rounds; round += 1) {
    rows.append(fleet.next(minuteMs));
    while (rows.tidy());
  }
  // As it lies on the disk at this moment, with its log.
  const took = [1, 2, 3].map((life) => {
    const next = path.join(home, `life-${life}`);
    mkdirSync(next);
    for (const name of ['metrics.db', 'metrics.db-wal']) {
      if (existsSync(path.join(home, name))) copyFileSync(path.join(home, name), path.join(next, name));
    }
    return ownTime(() => {
      const again = openMetricsDatabase({ home: next, migrationsFolder, now: 0 });
      onTestFinished(() => void again.db.close());
      expect(createMetricsRows(again.db, (sentence) => expect(sentence).toBe('')).newest()).toHaveLength(machines);
    });
  });
  db.close();
  const each = took.map(({ ownMs, wallMs }) => `${ownMs.toFixed(0)} ms (${wallMs.toFixed(0)} ms by the clock)`);
  console.log(`B13 (readings): open with ${machines * rounds} rows after ${each.join(', ')}`);
  // The time in which other programs had the core is no part of it.
  expect(Math.max(...took.map(({ ownMs }) => ownMs))).toBeLessThan(1000);
}, 900_000);
