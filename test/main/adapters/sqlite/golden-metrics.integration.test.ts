import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { readMigrations } from '../../../../main/adapters/sqlite/migrations.ts';
import { bucketStart, hourMs, rollUpSamples } from '../../../../main/adapters/sqlite/roll-up-entry.ts';
import { createSqliteMetricsStore } from '../../../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { storedSamples } from '../../../../main/engine/metrics/stored-samples.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
import { goldenSamples } from './golden-samples.ts';
import { temporaryHome } from './state-samples.ts';

const here = (below: string): string => fileURLToPath(new URL(`../../../../${below}`, import.meta.url));
const migrationsFolder = here('resources/migrations/metrics');
const fixtures = here('test/fixtures/metrics');
const mover = fileURLToPath(new URL('./moving-reader.ts', import.meta.url));
const files = readdirSync(fixtures).sort();
const series = [...new Set(goldenSamples.map(({ machineId, source }) => `${machineId} ${source}`))];

it('there is a golden file of every schema (make-golden-metrics.ts makes the newest)', () => {
  expect(files).toEqual(readMigrations(migrationsFolder).map(({ version }) => `metrics-v${version}.db`));
});

it.each(files)('%s opens with every reading that was in it, and with the hours that they make', async (file) => {
  const home = temporaryHome();
  copyFileSync(path.join(fixtures, file), path.join(home, 'metrics.db'));
  await expectGolden(home);
  // Opened once more: nothing is left to be moved, and nothing is lost.
  await expectGolden(home);
});

it('a move that is killed half-way, again and again, goes on where it was', async () => {
  const home = temporaryHome();
  copyFileSync(path.join(fixtures, 'metrics-v1.db'), path.join(home, 'metrics.db'));
  const left: number[] = [];
  for (let life = 0; life < 3; life += 1) {
    await killedMove(home, 3);
    left.push(plainRows(home));
  }
  const before = [goldenSamples.length, ...left.slice(0, -1)];
  expect(left.every((count, index) => count > 0 && count < (before[index] ?? 0))).toBe(true);
  await expectGolden(home);
  expect(plainRows(home)).toBe(0);
});

async function expectGolden(home: string): Promise<void> {
  const store = createSqliteMetricsStore({ home, migrationsFolder, log: new RecordingLog() });
  onTestFinished(() => store.close());
  for (const each of series) {
    const samples = goldenSamples.filter(({ machineId, source }) => `${machineId} ${source}` === each);
    const [first] = samples;
    if (first === undefined) throw new Error('a series without samples');
    const { machineId, source } = first;
    const whole = { machineId, source, fromMs: 0, toMs: 9e15, limit: 10_000 };
    expect(storedSamples(await store.slice(whole))).toEqual(samples);
    const [hours] = await store.rollUps({
      machineIds: [machineId],
      source,
      level: 'hourly',
      fromMs: 0,
      toMs: 9e15,
      metrics: ['cpuPercent'],
    });
    const expected = hoursOf(samples);
    expect([...(hours?.startMs ?? [])]).toEqual([...expected.keys()]);
    expect([...(hours?.metrics.cpuPercent?.sum ?? [])]).toEqual(
      [...expected.values()].map((of) => rollUpSamples(of)?.metrics[0]?.sum ?? Number.NaN),
    );
  }
  const newest = series.map((each) =>
    goldenSamples.findLast(({ machineId, source }) => `${machineId} ${source}` === each),
  );
  expect(new Set(await store.newest())).toEqual(new Set(newest));
  await store.close();
}

function hoursOf(samples: readonly StoredSample[]): ReadonlyMap<number, readonly StoredSample[]> {
  const hours = new Map<number, StoredSample[]>();
  for (const sample of samples) {
    const start = bucketStart(sample.atMs, 'hourly');
    hours.set(start, [...(hours.get(start) ?? []), sample]);
  }
  expect([...hours.keys()].every((start) => start % hourMs === 0)).toBe(true);
  return hours;
}

/** Killed as soon as so many slices were told to be on the disk. */
async function killedMove(home: string, slices: number): Promise<void> {
  const child = spawn(process.execPath, [mover, home, migrationsFolder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let heard = 0;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', () => {
    heard += 1;
    if (heard === slices) child.kill('SIGKILL');
  });
  const [[, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  expect(signal).toBe('SIGKILL');
}

/** Rows that are not moved yet. */
function plainRows(home: string): number {
  const db = new Database(path.join(home, 'metrics.db'));
  try {
    const isThere = db.prepare<[], number>("SELECT count(*) FROM sqlite_schema WHERE name = 'plain_samples'").pluck();
    return isThere.get() === 0 ? 0 : Number(db.prepare('SELECT count(*) FROM plain_samples').pluck().get());
  } finally {
    db.close();
  }
}
