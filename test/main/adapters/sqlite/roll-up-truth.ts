import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMetricsRows, type MetricsRows } from '../../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../../main/adapters/sqlite/open-metrics-database.ts';
import { type SampleMetric, sampleMetrics } from '../../../../main/contract/sample.ts';
import { storedSamples } from '../../../../main/engine/metrics/stored-samples.ts';
import type { StoredRollUps, StoredSample } from '../../../../main/engine/ports/metrics-store.ts';

const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/metrics', import.meta.url));
const minuteMs = 60_000;
const bucketsMs = { hourly: 60 * minuteMs, daily: 1440 * minuteMs } as const;

/** What was found while a fleet of random series was stored and compared with what was put in. */
export interface Truth {
  readonly series: number;
  readonly buckets: number;
  /** Times the store was opened from what lay on the disk at that moment, as after a kill. */
  readonly kills: number;
  /** The largest relative error of a sum, an average, a lowest or a highest. */
  readonly worstError: number;
  /** What did not agree; empty when the store tells the truth. */
  readonly faults: readonly string[];
}

/** The same chance on every run. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Stores `count` random series with gaps, duplicates, late readings, resets of counters and jumps of the clock, kills the
 * store at moments of chance, and compares hours, days and single readings with a brute-force reckoning of what went in.
 */
export function storeAndCompare(folder: string, seed: number, count: number): Truth {
  const chance = chanceOf(seed);
  const pick = (most: number): number => Math.floor(chance() * most);
  const truth = new Map<string, Map<number, StoredSample>>();
  const faults: string[] = [];
  const complain = (sentence: string): void => void faults.push(sentence);
  let home = path.join(folder, `life-${seed}-0`);
  let { db, rows } = openAt(home, complain);
  let [kills, wall] = [0, Date.parse('2026-03-28T20:17:00Z') + pick(86_400_000)];
  const put = (samples: readonly StoredSample[]): void => {
    rows.append(samples);
    for (const sample of samples) {
      const of = truth.get(sample.machineId) ?? new Map<number, StoredSample>();
      truth.set(sample.machineId, of.set(sample.atMs, sample));
    }
  };
  const kill = (): void => {
    kills += 1;
    const next = path.join(folder, `life-${seed}-${kills}`);
    mkdirSync(next);
    for (const name of ['metrics.db', 'metrics.db-wal']) {
      if (existsSync(path.join(home, name))) copyFileSync(path.join(home, name), path.join(next, name));
    }
    db.close();
    home = next;
    ({ db, rows } = openAt(home, complain));
  };

  for (let tick = 0; tick < 120; tick += 1) {
    const dice = chance();
    wall += dice < 0.9 ? minuteMs * (1 + pick(40)) + pick(3) : dice < 0.95 ? minuteMs * 600 : -minuteMs * pick(240);
    const here = Array.from({ length: count }, (_, index) => index).filter(() => chance() < 0.9);
    put(here.map((index) => randomSample(`series-${index}`, wall, chance)));
    if (chance() < 0.1) {
      const lateMs = wall - minuteMs * pick(3000);
      put(here.slice(0, 5).map((index) => randomSample(`series-${index}`, lateMs, chance)));
    }
    if (chance() < 0.05) put(here.slice(0, 5).map((index) => randomSample(`series-${index}`, wall, chance)));
    if (chance() < 0.5) rows.tidy();
    if (chance() < 0.03) kill();
  }
  const before = compare(rows, truth, chance, faults);
  // Folding all there is, and once more, changes nothing.
  while (rows.tidy());
  rows.tidy();
  kill();
  const after = compare(rows, truth, chance, faults);
  db.close();
  return {
    series: truth.size,
    buckets: before.buckets + after.buckets,
    kills,
    worstError: Math.max(before.worstError, after.worstError),
    faults,
  };
}

function openAt(home: string, complain: (sentence: string) => void) {
  const { db } = openMetricsDatabase({ home, migrationsFolder, now: 0 });
  // Chance decides what is on the disk, not how long this computer takes to flush.
  db.pragma('synchronous = OFF');
  return { db, rows: createMetricsRows(db, complain) };
}

function randomSample(machineId: string, atMs: number, chance: () => number): StoredSample {
  const base = { machineId, source: 'host', atMs } as const;
  if (chance() < 0.05) return { ...base, ...valuesOf(() => null), error: 'no answer' };
  return {
    ...base,
    error: null,
    ...valuesOf((metric) => {
      const dice = chance();
      if (dice < 0.08) return null;
      if (dice < 0.12) return 0;
      if (metric.endsWith('Percent')) return dice < 0.5 ? Math.round(chance() * 10_000) / 100 : chance() * 100;
      return dice < 0.6 ? Math.floor(chance() * 1e9) : chance() * 10 ** Math.floor(chance() * 15);
    }),
  };
}

function valuesOf(value: (metric: SampleMetric) => number | null): Record<SampleMetric, number | null> {
  return Object.fromEntries(sampleMetrics.map((metric) => [metric, value(metric)])) as Record<
    SampleMetric,
    number | null
  >;
}

function compare(
  rows: MetricsRows,
  truth: ReadonlyMap<string, ReadonlyMap<number, StoredSample>>,
  chance: () => number,
  faults: string[],
): { readonly buckets: number; readonly worstError: number } {
  let [buckets, worstError] = [0, 0];
  for (const [machineId, samples] of truth) {
    const all = [...samples.values()].sort((one, other) => one.atMs - other.atMs);
    const stored = storedSamples(rows.slice({ machineId, source: 'host', fromMs: -1e15, toMs: 1e15, limit: 1e6 }));
    if (JSON.stringify(stored.map(rowOf)) !== JSON.stringify(all.map(rowOf)))
      faults.push(`${machineId}: single readings`);
    for (const level of ['hourly', 'daily'] as const) {
      const lengthMs = bucketsMs[level];
      const [first, last] = [all[0]?.atMs ?? 0, all.at(-1)?.atMs ?? 0];
      const [fromMs, toMs] =
        chance() < 0.5
          ? [first, last + 1]
          : [first + chance() * (last - first) * 0.5, last - chance() * (last - first) * 0.4];
      const query = { machineIds: [machineId], source: 'host', level, fromMs, toMs, metrics: sampleMetrics } as const;
      const [found] = rows.rollUps(query);
      const startMs = Math.floor(fromMs / lengthMs) * lengthMs;
      const inRange = all.filter(({ atMs }) => atMs >= startMs && atMs < Math.ceil(toMs / lengthMs) * lengthMs);
      const error = compareBuckets(`${machineId} ${level}`, inRange, lengthMs, found, faults);
      worstError = Math.max(worstError, error);
      buckets += found?.startMs.length ?? 0;
    }
  }
  return { buckets, worstError };
}

const rowOf = (sample: StoredSample) => [sample.atMs, sample.error, ...sampleMetrics.map((metric) => sample[metric])];

/** The brute-force reckoning: each bucket anew from every sample in it. */
function compareBuckets(
  name: string,
  samples: readonly StoredSample[],
  lengthMs: number,
  found: StoredRollUps | undefined,
  faults: string[],
): number {
  const starts = [...new Set(samples.map(({ atMs }) => Math.floor(atMs / lengthMs) * lengthMs))];
  if (JSON.stringify(starts) !== JSON.stringify([...(found?.startMs ?? [])])) {
    faults.push(`${name}: other buckets`);
    return 0;
  }
  let worst = 0;
  for (const [index, start] of starts.entries()) {
    const inside = samples.filter(({ atMs }) => atMs >= start && atMs < start + lengthMs);
    const failed = inside.filter(({ error }) => error !== null).length;
    if (found?.readings[index] !== inside.length - failed || found.failed[index] !== failed) {
      faults.push(`${name}: how many readings`);
    }
    for (const metric of sampleMetrics) {
      const values = inside.map((sample) => sample[metric]).filter((value) => value !== null);
      const columns = found?.metrics[metric];
      if (columns === undefined || columns.count[index] !== values.length) {
        faults.push(`${name} ${metric}: how many values`);
        continue;
      }
      if (values.length === 0) continue;
      const sum = values.reduce((total, value) => total + value, 0);
      const pairs = [
        [columns.sum[index], sum],
        [(columns.sum[index] ?? Number.NaN) / values.length, sum / values.length],
        [columns.min[index], Math.min(...values)],
        [columns.max[index], Math.max(...values)],
        [columns.last[index], values.at(-1)],
      ] as const;
      for (const [seen, expected] of pairs) worst = Math.max(worst, relativeError(seen, expected));
    }
  }
  return worst;
}

function relativeError(seen = Number.NaN, expected = Number.NaN): number {
  if (seen === expected) return 0;
  const error = Math.abs(seen - expected) / Math.abs(expected);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
