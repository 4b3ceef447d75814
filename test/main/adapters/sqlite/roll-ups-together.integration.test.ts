import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createMetricsRows } from '../../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { bucketMs, dayMs, hourMs } from '../../../../main/adapters/sqlite/roll-up-entry.ts';
import type { RollUpLevel } from '../../../../main/contract/roll-up.ts';
import { temporaryHome } from './state-samples.ts';
import { storedSample } from './stored-sample.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));
const machines = Array.from({ length: 250 }, (_, index) => `m${index}`);
const days = 4;

/**
 * Four days of 250 machines, of which every tenth has begun a day later and every second is read from inside, too; a late
 * reading of one, and a damaged row of each table for two others.
 */
function fleet() {
  const { db } = openMetricsDatabase({ home: temporaryHome(), migrationsFolder, now: 0 });
  onTestFinished(() => void db.close());
  db.pragma('synchronous = OFF');
  const first = createMetricsRows(db, (sentence) => expect(sentence).toBe(''));
  for (let atMs = hourMs / 2; atMs < days * dayMs; atMs += hourMs) {
    const here = machines.filter((_, index) => index % 10 !== 0 || atMs > dayMs);
    const inside = here.filter((_, index) => index % 2 === 0);
    first.append([
      ...here.map((machineId, index) => storedSample(machineId, atMs, { cpuPercent: index })),
      ...inside.map((machineId) => storedSample(machineId, atMs, { source: 'guest', cpuPercent: 1 })),
    ]);
    while (first.tidy());
  }
  for (const [table, machineId] of [
    ['days', 'm31'],
    ['hours', 'm32'],
  ]) {
    const { id } = db
      .prepare<[string], { id: number }>("SELECT id FROM series WHERE machine = ? AND source = 'host'")
      .get(machineId ?? '') ?? { id: 0 };
    const changed = db
      .prepare(
        `UPDATE ${table} SET entries = zeroblob(40) WHERE key = (SELECT min(key) FROM ${table} WHERE key % 4194304 = ?)`,
      )
      .run(id);
    expect(changed.changes).toBe(1);
  }
  const said: string[] = [];
  const rows = createMetricsRows(db, (sentence) => said.push(sentence));
  rows.append([storedSample('m33', dayMs + 1, { cpuPercent: 99 })]);
  return { rows, said };
}

it.each(['daily', 'hourly'] as const)('all machines at once are told as each by itself (%s)', (level: RollUpLevel) => {
  const { rows, said } = fleet();
  const asked = { source: 'host', level, fromMs: dayMs / 2, toMs: days * dayMs, metrics: ['cpuPercent'] } as const;
  const machineIds = [...machines.toReversed(), 'unknown', 'm7'];
  const together = rows.rollUps({ ...asked, machineIds });
  expect(together.map(({ machineId }) => machineId)).toEqual(machineIds.filter((id) => id !== 'unknown'));
  for (const found of together) {
    expect([found]).toEqual(rows.rollUps({ ...asked, machineIds: [found.machineId] }));
    const begunMs = Number(found.machineId.slice(1)) % 10 === 0 ? dayMs : level === 'daily' ? 0 : dayMs / 2;
    expect(found.startMs).toHaveLength((days * dayMs - begunMs) / bucketMs[level]);
  }
  const late = together.find(({ machineId }) => machineId === 'm33');
  expect(Math.max(...(late?.metrics.cpuPercent?.max ?? []))).toBe(99);
  expect(said).toHaveLength(1);
});
