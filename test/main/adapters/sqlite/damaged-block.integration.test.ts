import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createMetricsRows } from '../../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { temporaryHome } from './state-samples.ts';
import { storedSample } from './stored-sample.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));
const minuteMs = 60_000;

/** Three hours of two machines, two of them folded, with one bit of a table's first row turned over. */
function damaged(table: 'blocks' | 'ticks') {
  const { db } = openMetricsDatabase({ home: temporaryHome(), migrationsFolder, now: 0 });
  onTestFinished(() => void db.close());
  const first = createMetricsRows(db, (sentence) => expect(sentence).toBe(''));
  for (let minute = 0; minute < 200; minute += 1) {
    first.append(['a', 'b'].map((machineId) => storedSample(machineId, minute * minuteMs, { cpuPercent: minute % 7 })));
    while (first.tidy());
  }
  const key = table === 'ticks' ? 'seq' : 'key';
  const row = db
    .prepare<[], { key: number; samples: Buffer }>(`SELECT ${key} AS key, samples FROM ${table} ORDER BY 1 LIMIT 1`)
    .get();
  if (row === undefined) throw new Error(`no ${table}`);
  row.samples[20] = (row.samples[20] ?? 0) ^ 4;
  db.prepare(`UPDATE ${table} SET samples = ? WHERE ${key} = ?`).run(row.samples, row.key);
  const said: string[] = [];
  return { rows: createMetricsRows(db, (sentence) => said.push(sentence)), said };
}

const slice = { source: 'host', fromMs: 0, toMs: 9e12, limit: 10_000 } as const;

it('a damaged block costs its own hour of its own machine and no more, and is told once', () => {
  const { rows, said } = damaged('blocks');
  const lengths = ['a', 'b', 'a', 'b'].map((machineId) => rows.slice({ ...slice, machineId }).atMs.length);
  expect(lengths).toEqual([140, 200, 140, 200]);
  expect(said).toEqual([expect.stringContaining('host of a) is damaged: its checksum does not fit')]);
});

it('what comes of the same hour afterwards is kept', () => {
  const { rows } = damaged('blocks');
  rows.append([storedSample('a', 5 * minuteMs + 1), storedSample('a', 201 * minuteMs)]);
  while (rows.tidy());
  expect(rows.slice({ ...slice, machineId: 'a' }).atMs).toHaveLength(142);
});

it('a damaged round costs itself and no more, and is told', () => {
  const { rows, said } = damaged('ticks');
  expect(['a', 'b'].map((machineId) => rows.slice({ ...slice, machineId }).atMs.length)).not.toContain(0);
  expect(rows.newest().map(({ atMs }) => atMs)).toEqual([199 * minuteMs, 199 * minuteMs]);
  expect(said).toEqual([expect.stringContaining('A round of readings is damaged')]);
});
