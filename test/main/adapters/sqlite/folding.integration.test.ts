import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createMetricsRows } from '../../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { temporaryHome } from './state-samples.ts';
import { storedSample } from './stored-sample.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));
const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

function begin() {
  const { db } = openMetricsDatabase({ home: temporaryHome(), migrationsFolder, now: 0 });
  onTestFinished(() => void db.close());
  const open = () => createMetricsRows(db, (sentence) => expect(sentence).toBe(''));
  return { db, open, rows: open() };
}

it('the newest reading of a machine that fell silent outlives the folding of several hours at once', () => {
  const { open, rows } = begin();
  for (const minute of [0, 61, 122]) rows.append([storedSample('silent', minute * minuteMs, { cpuPercent: minute })]);
  rows.append([storedSample('other', dayMs)]);
  while (rows.tidy());
  const newest = [
    { machineId: 'silent', atMs: 122 * minuteMs, cpuPercent: 122 },
    { machineId: 'other', atMs: dayMs },
  ];
  expect(rows.newest()).toMatchObject(newest);
  expect(open().newest()).toMatchObject(newest);
});

it('what could not be folded is folded the next time, and is there meanwhile', () => {
  const { db, rows } = begin();
  const slice = { machineId: 'm-7', source: 'host', fromMs: 0, toMs: 9e12, limit: 10_000 } as const;
  const hours = { machineIds: ['m-7'], source: 'host', level: 'hourly', fromMs: 0, toMs: 9e12, metrics: [] } as const;
  for (let minute = 0; minute < 1440; minute += 20) {
    rows.append(Array.from({ length: 30 }, (_, index) => storedSample(`m-${index}`, minute * minuteMs)));
  }
  db.exec(`CREATE TEMP TRIGGER refuse BEFORE INSERT ON days BEGIN SELECT raise(ABORT, 'no'); END`);
  rows.append([storedSample('m-0', 2 * dayMs)]);
  expect(() => {
    while (rows.tidy());
  }).toThrow('no');
  expect([rows.slice(slice).atMs.length, rows.rollUps(hours)[0]?.startMs.length]).toEqual([72, 24]);
  db.exec('DROP TRIGGER refuse');
  while (rows.tidy());
  expect([rows.slice(slice).atMs.length, rows.rollUps(hours)[0]?.startMs.length]).toEqual([72, 24]);
  expect(db.prepare('SELECT count(*) FROM ticks').pluck().get()).toBe(1);
  expect(db.prepare('SELECT count(*) FROM days').pluck().get()).toBe(30);
});
