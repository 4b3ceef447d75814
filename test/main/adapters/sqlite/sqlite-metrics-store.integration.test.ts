import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { createSqliteMetricsStore } from '../../../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { noValues, sampleMetrics } from '../../../../main/contract/sample.ts';
import { storedSamples } from '../../../../main/engine/metrics/stored-samples.ts';
import type { MetricsStore, StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { eventually } from '../../../support/eventually.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
import { killAppender } from './kill-appender.ts';
import { temporaryHome } from './state-samples.ts';
import { storedSample } from './stored-sample.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));

function metricsAt(home: string): { readonly store: MetricsStore; readonly log: RecordingLog } {
  const log = new RecordingLog();
  const store = createSqliteMetricsStore({ home, migrationsFolder, log });
  onTestFinished(() => store.close());
  return { store, log };
}

const dayMs = 86_400_000;
const all = { source: 'host', fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, points: 300, intervalMs: 60_000 } as const;
const full: StoredSample = storedSample('a', 60_000, {
  source: 'guest',
  ...Object.fromEntries(sampleMetrics.map((metric, index) => [metric, index + 0.5])),
});

it('what was appended is there after closing and opening again, value by value', async () => {
  const home = temporaryHome();
  const first = metricsAt(home).store;
  const zero = storedSample('a', 120_000, { source: 'guest', cpuPercent: 0, diskReadBytesPerSecond: 0 });
  await first.append([full, storedSample('b', 60_000)]);
  await first.append([zero]);
  await first.close();
  const second = metricsAt(home).store;
  expect(storedSamples(await second.history({ ...all, machineId: 'a', source: 'guest' }))).toEqual([full, zero]);
  expect(await second.newest()).toEqual([zero, storedSample('b', 60_000)]);
});

it('a value that is not known is stored as unknown, never as 0', async () => {
  const { store } = metricsAt(temporaryHome());
  const gap = storedSample('a', 60_000, { ...noValues, error: 'The machine did not answer.' });
  await store.append([gap]);
  expect(storedSamples(await store.history({ ...all, machineId: 'a' }))).toEqual([gap]);
});

it('a late reading is history, not the newest; the same reading again is no second one', async () => {
  const { store } = metricsAt(temporaryHome());
  await store.append([storedSample('a', 2000)]);
  await store.append([storedSample('a', 1000), storedSample('a', 2000, { cpuPercent: 11 })]);
  expect(await store.newest()).toEqual([storedSample('a', 2000, { cpuPercent: 11 })]);
  expect(storedSamples(await store.history({ ...all, machineId: 'a' }))).toEqual([
    storedSample('a', 1000),
    storedSample('a', 2000, { cpuPercent: 11 }),
  ]);
});

it('history is of one machine, one source and one stretch of time, both ends among it', async () => {
  const { store } = metricsAt(temporaryHome());
  const at = (atMs: number, over: Partial<StoredSample> = {}) => storedSample('a', atMs, over);
  await store.append([at(1), at(2), at(3), at(4), at(2, { source: 'guest' }), storedSample('b', 2)]);
  expect(storedSamples(await store.history({ ...all, machineId: 'a', fromMs: 2, toMs: 3 }))).toEqual([at(2), at(3)]);
});

it('a long history comes back thinned', async () => {
  const { store } = metricsAt(temporaryHome());
  await store.append(Array.from({ length: 5000 }, (_, i) => storedSample('a', i, { cpuPercent: i === 2500 ? 99 : 1 })));
  const kept = storedSamples(await store.history({ ...all, machineId: 'a' }));
  expect([kept.length <= 300, kept.some(({ cpuPercent }) => cpuPercent === 99)]).toEqual([true, true]);
});

it('a gap is told with its ends and its reason, and thinning keeps both of its ends', async () => {
  const { store } = metricsAt(temporaryHome());
  const failed = { cpuPercent: null, error: 'no answer' };
  const minutes = Array.from({ length: 3000 }, (_, minute) =>
    storedSample('a', minute * 60_000, minute >= 1200 && minute < 1203 ? failed : { cpuPercent: 1 + (minute % 50) }),
  ).filter((_, minute) => minute < 2001 || minute > 2100);
  await store.append(minutes);
  const range = { ...all, machineId: 'a', toMs: 3000 * 60_000 };
  expect(await store.gaps(range)).toEqual([
    { fromMs: 1199 * 60_000, toMs: 1203 * 60_000, reason: 'no answer' },
    { fromMs: 2000 * 60_000, toMs: 2101 * 60_000, reason: null },
  ]);
  const kept = storedSamples(await store.history(range)).map(({ atMs }) => atMs / 60_000);
  for (const minute of [1199, 1200, 1203, 2000, 2101]) expect(kept).toContain(minute);
});

it('what is older goes by whole days, slice by slice, and with it a machine that has nothing newer', async () => {
  const { store } = metricsAt(temporaryHome());
  const minutes = Array.from({ length: 3 * 1440 }, (_, minute) => storedSample('a', minute * 60_000));
  await store.append(minutes);
  await store.append([storedSample('gone', 5), storedSample('gone', 6, { source: 'guest' })]);
  await store.append([storedSample('a', 3 * dayMs + 2 * 3_600_000)]);
  const keptFrom = { raw: 2.5 * dayMs, hourly: 0, daily: 0 };
  const history = { machineId: 'a', source: 'host', fromMs: 0, toMs: 4 * dayMs, limit: 10_000 } as const;
  const left = await eventually('all that is folded to go', async () => {
    await store.removeOld(keptFrom, Number.MAX_SAFE_INTEGER);
    const found = storedSamples(await store.slice(history));
    return found[0]?.atMs === 2 * dayMs ? found : null;
  });
  expect(left).toHaveLength(1440 + 1);
  expect((await store.newest()).map(({ machineId }) => machineId)).toEqual(['a']);
  expect(await store.removeOld(keptFrom, Number.MAX_SAFE_INTEGER)).toBe(0);
  const hours = { source: 'host', level: 'hourly', fromMs: 0, toMs: 4 * dayMs, metrics: ['cpuPercent'] } as const;
  const [a, gone] = await store.rollUps({ ...hours, machineIds: ['a', 'gone'] });
  expect([a?.readings.reduce((sum, count) => sum + count, 0), gone?.readings.length]).toEqual([3 * 1440 + 1, 1]);
});

it('a file that is larger than it may be gives up its oldest readings, never its hours', async () => {
  const { store } = metricsAt(temporaryHome());
  await store.append(Array.from({ length: 3 * 1440 }, (_, minute) => storedSample('a', minute * 60_000)));
  await store.append([storedSample('a', 3 * dayMs + 2 * 3_600_000)]);
  const keptFrom = { raw: 0, hourly: 0, daily: 0 };
  const slice = { machineId: 'a', source: 'host', fromMs: 0, toMs: 4 * dayMs, limit: 10_000 } as const;
  const left = await eventually('all that is folded to go', async () => {
    await store.removeOld(keptFrom, 1);
    const found = storedSamples(await store.slice(slice));
    return found.length === 1 ? found : null;
  });
  expect(left.map(({ atMs }) => atMs)).toEqual([3 * dayMs + 2 * 3_600_000]);
  const hours = { source: 'host', level: 'hourly', fromMs: 0, toMs: 4 * dayMs, metrics: ['cpuPercent'] } as const;
  const [a] = await store.rollUps({ ...hours, machineIds: ['a'] });
  expect(a?.readings.reduce((sum, count) => sum + count, 0)).toBe(3 * 1440 + 1);
});

it('a reading of a time whose readings were removed comes too late, and is said', async () => {
  const { store, log } = metricsAt(temporaryHome());
  await store.append([storedSample('a', 1000), storedSample('a', 10 * dayMs)]);
  await store.append([storedSample('a', 10 * dayMs + 3 * 3_600_000)]);
  await eventually(
    'the first to go',
    async () => (await store.removeOld({ raw: 9 * dayMs, hourly: 0, daily: 0 }, Number.MAX_SAFE_INTEGER)) > 0,
  );
  await store.append([storedSample('a', 2000)]);
  const slice = { machineId: 'a', source: 'host', fromMs: 0, toMs: 9 * dayMs, limit: 10 } as const;
  expect(storedSamples(await store.slice(slice))).toEqual([]);
  expect(JSON.stringify(log.lines)).toContain('1 readings came so late');
});

it('the keys leave the planner no choice, also while there are no statistics', () => {
  const db = new Database(':memory:');
  for (const name of readdirSync(migrationsFolder).sort())
    db.exec(readFileSync(path.join(migrationsFolder, name), 'utf8'));
  const plan = (sql: string) => JSON.stringify(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
  for (const table of ['blocks', 'hours', 'days']) {
    const search = `SEARCH ${table} USING INTEGER PRIMARY KEY`;
    expect(plan(`SELECT * FROM ${table} WHERE key = 1`)).toContain(`${search} (rowid=?)`);
    expect(plan(`SELECT * FROM ${table} WHERE key < 1 ORDER BY key LIMIT 5`)).toContain(`${search} (rowid<?)`);
    expect(plan(`SELECT min(key) FROM ${table} WHERE key >= 1`)).toContain(`${search} (rowid>?)`);
  }
  db.close();
});

it('every file is ours alone', async () => {
  const home = temporaryHome();
  const { store } = metricsAt(home);
  await store.append([full]);
  const modes = readdirSync(home).map(
    (name) => `${name} ${(statSync(path.join(home, name)).mode & 0o777).toString(8)}`,
  );
  expect(modes.sort()).toEqual(['metrics.db 600', 'metrics.db-wal 600']);
});

it.each([
  ['emptied', () => Buffer.alloc(0)],
  ['cut in its head', (old: Buffer) => old.subarray(0, 50)],
  ['a text', () => Buffer.from('not a database at all\n'.repeat(400))],
  ['overwritten with zeros', (old: Buffer) => Buffer.alloc(old.length)],
  [
    'damaged behind its head',
    (old: Buffer) => Buffer.concat([old.subarray(0, 100), Buffer.alloc(old.length - 100, 7)]),
  ],
])('a file that was %s is put aside and said; readings begin anew', async (_how, damage) => {
  const home = temporaryHome();
  const first = metricsAt(home).store;
  await first.append([full]);
  await first.close();
  const file = path.join(home, 'metrics.db');
  const damaged = damage(readFileSync(file));
  writeFileSync(file, damaged);
  const { store, log } = metricsAt(home);
  await store.append([storedSample('a', 5)]);
  expect(await store.newest()).toEqual([storedSample('a', 5)]);
  const [aside = ''] = readdirSync(home).filter((name) => /^metrics\.db\.damaged-[^-]+$/.test(name));
  expect(readFileSync(path.join(home, aside)).equals(damaged)).toBe(true);
  expect(JSON.stringify(log.lines)).toContain(`It is kept as ${aside}; readings begin anew.`);
});

it('damage of the file itself costs the old readings, never the one at hand', async () => {
  const home = temporaryHome();
  const first = metricsAt(home).store;
  await first.append(Array.from({ length: 5000 }, (_, index) => storedSample('a', index)));
  await first.close();
  const file = path.join(home, 'metrics.db');
  const bytes = readFileSync(file);
  // The list of tables stays; what lies behind it is noise.
  bytes.fill(0xa5, 4096);
  writeFileSync(file, bytes);
  const { store, log } = metricsAt(home);
  await store.append([storedSample('a', 2500.4, { cpuPercent: 50 })]);
  expect(JSON.stringify(log.lines)).toContain('readings begin anew');
  expect(storedSamples(await store.history({ ...all, machineId: 'a' }))).toEqual([
    storedSample('a', 2500, { cpuPercent: 50 }),
  ]);
});

it('a file of a newer schema is refused and not touched', async () => {
  const home = temporaryHome();
  const first = metricsAt(home).store;
  await first.append([full]);
  await first.close();
  const file = path.join(home, 'metrics.db');
  const db = new Database(file);
  db.pragma('user_version = 99');
  db.close();
  const before = readFileSync(file);
  await expect(metricsAt(home).store.open()).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('newer Vigil (schema 99'),
  });
  expect([readFileSync(file).equals(before), readdirSync(home)]).toEqual([true, ['metrics.db']]);
});

it('a closed store refuses', async () => {
  const { store } = metricsAt(temporaryHome());
  await store.open();
  await store.close();
  await expect(store.newest()).rejects.toMatchObject({ code: 'refused' });
});

it.each([
  ['after', 6],
  ['before', 6],
] as const)(
  'a writer that acknowledges %s it wrote, killed %i times: acknowledged ticks are whole and there, or the control shows the loss',
  async (order, kills) => {
    const report = await killAppender({ home: temporaryHome(), kills, seed: 11, order });
    expect([report.lost > 0, report.torn, report.damaged]).toEqual([order === 'before', 0, 0]);
    expect(report.acknowledged).toBeGreaterThan(kills);
  },
  120_000,
);
