import { closeSync, openSync, readSync } from 'node:fs';
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

it('the log is begun anew by folding, which nobody waits for, and not by a round', () => {
  const { db, rows } = begin();
  db.pragma('synchronous = OFF');
  rows.append([storedSample('first', 0)]);
  const log = openSync(`${db.name}-wal`, 'r');
  onTestFinished(() => closeSync(log));
  /** How often it was begun anew: a number in its head. */
  const beginnings = (): number => {
    const head = Buffer.alloc(32);
    readSync(log, head, 0, head.length, 0);
    return head.readUInt32BE(12);
  };
  const names = Array.from({ length: 500 }, (_, index) => `m-${index}`);
  let byRounds = 0;
  let all = 0;
  for (let minute = 0; minute < 600; minute += 1) {
    const noise = (minute * 7919) % 8191;
    const before = beginnings();
    rows.append(
      names.map((name, index) => storedSample(name, minute * minuteMs, { cpuPercent: (noise * index) % 100 })),
    );
    const after = beginnings();
    while (rows.tidy());
    byRounds += after - before;
    all += beginnings() - after;
  }
  expect([byRounds, all > 0]).toEqual([0, true]);
});
