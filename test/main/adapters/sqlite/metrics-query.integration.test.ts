import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { queryMetrics } from '../../../../main/adapters/sqlite/metrics-query.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { PackedMetrics } from '../../../../main/adapters/sqlite/packed-metrics.ts';
import { createTickJournal } from '../../../../main/adapters/sqlite/tick-journal.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { temporaryHome } from './state-samples.ts';
import { storedSample } from './stored-sample.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));

function asking(samples: readonly StoredSample[]) {
  const { db } = openMetricsDatabase({ home: temporaryHome(), migrationsFolder, now: 0 });
  onTestFinished(() => void db.close());
  const metrics = new PackedMetrics(db, () => {});
  createTickJournal(metrics).append(samples);
  const names = { a: 'demo', b: 'web' };
  return (sql: string, limit = 100, now = () => 0) => queryMetrics(metrics, { sql, limit, names }, now);
}

const startMs = Date.parse('2026-03-01T10:00:00Z');
const samples = [
  storedSample('a', startMs, { cpuPercent: 10, diskReadBytesPerSecond: 7, diskPercent: 50 }),
  storedSample('a', startMs + 60_000, { cpuPercent: 20 }),
  storedSample('a', startMs + 120_000, { cpuPercent: null, error: 'no answer' }),
  storedSample('b', startMs, { source: 'guest', cpuPercent: 90 }),
  storedSample('gone', startMs, { cpuPercent: 1 }),
];

it('the table has the columns that other programs know, a row for each reading, hour and day', () => {
  const ask = asking(samples);
  const { columns, rows } = ask("SELECT * FROM metrics WHERE vm_name = 'demo'");
  expect(columns.slice(0, 13).join()).toBe(
    'id,vm_name,timestamp,cpu_percent,memory_percent,disk_read_bytes,disk_write_bytes,network_in_bytes,network_out_bytes,success,error_message,aggregation_level,created_at',
  );
  const time = '2026-03-01T10:00:00.000Z';
  expect(rows[0]).toEqual([1, 'demo', time, 10, null, 7, null, null, null, 1, null, 'raw', time, 50, 'host']);
  expect(rows.map((row) => [row[3], row[9], row[10], row[11]])).toEqual([
    [10, 1, null, 'raw'],
    [20, 1, null, 'raw'],
    [null, 0, 'no answer', 'raw'],
    [15, 1, null, 'hourly'],
    [15, 1, null, 'daily'],
  ]);
});

it('conditions, groups and order are those of SQL; a machine that is gone is told by its id', () => {
  const ask = asking(samples);
  expect(
    ask(
      "SELECT vm_name, max(cpu_percent) AS most FROM metrics WHERE aggregation_level = 'raw' GROUP BY vm_name ORDER BY most DESC",
    ).rows,
  ).toEqual([
    ['web', 90],
    ['demo', 20],
    ['gone', 1],
  ]);
  expect(ask("SELECT count(*) FROM metrics WHERE cpu_percent > 5 OR vm_name = 'gone'").rows).toEqual([[10]]);
  expect(
    ask("SELECT count(*) FROM metrics WHERE timestamp > '2026-03-01T10:00:30Z' AND aggregation_level = 'raw'").rows,
  ).toEqual([[2]]);
});

it('no more rows come than were asked for, and it is said', () => {
  const ask = asking(samples);
  expect(ask('SELECT id FROM metrics', 2)).toMatchObject({ rows: [[1], [2]], isCut: true });
  expect(ask("SELECT id FROM metrics WHERE vm_name = 'demo'", 5)).toMatchObject({ isCut: false });
});

it('a query that takes long is given up, with the way out', () => {
  const ask = asking(Array.from({ length: 600 }, (_, index) => storedSample('a', startMs + index)));
  let clock = 0;
  const passing = () => {
    clock += 3000;
    return clock;
  };
  expect(() => ask('SELECT count(*) FROM metrics', 10, passing)).toThrow('given up after 5 s');
});

it('what SQLite does not understand is told in its words', () => {
  expect(() => asking(samples)('SELECT nonsense FROM metrics')).toThrow('no such column: nonsense');
});
