import type { Database } from 'better-sqlite3';
import { type SampleMetric, type SampleSource, sampleMetrics } from '../../contract/sample.ts';
import type {
  HistoryQuery,
  RollUpQuery,
  SampleSlice,
  StoredGap,
  StoredRollUps,
  StoredSample,
} from '../../engine/ports/metrics-store.ts';
import { holeOf, readingGaps, type TakenReading } from './reading-gaps.ts';
import { type PlacedEntry, rollUpColumns } from './roll-up-columns.ts';
import { bucketMs, bucketStart, rollUpSamples } from './roll-up-entry.ts';
import { thinSamples } from './thin-samples.ts';

/** So that a tick that comes meanwhile waits a moment only. */
const sliceRows = 5000;

/** The rows of `metrics.db`. Every statement of the store is here, with its transaction. */
export interface MetricsRows {
  /** All of them or none; the same reading again replaces itself. On the disk when it returns. */
  append(samples: readonly StoredSample[]): void;
  newest(): readonly StoredSample[];
  history(query: HistoryQuery): readonly StoredSample[];
  gaps(query: HistoryQuery): readonly StoredGap[];
  slice(slice: SampleSlice): readonly StoredSample[];
  rollUps(query: RollUpQuery): readonly StoredRollUps[];
  /** Removes a slice of what is older; 0 when there is nothing left of it. */
  removeSlice(wallMs: number): number;
}

interface Row extends Readonly<Record<SampleMetric, number | null>> {
  readonly machineId: string;
  readonly source: SampleSource;
  readonly atMs: number;
  readonly error: string | null;
}

const columnOf = (metric: SampleMetric): string => metric.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const valueColumns = sampleMetrics.map(columnOf);
const columns = ['machine', 'source', 'at', 'error', ...valueColumns];
const selected = [
  'machine AS machineId',
  'source',
  'at AS atMs',
  'error',
  ...sampleMetrics.map((metric) => `${columnOf(metric)} AS ${metric}`),
].join(', ');

export function createMetricsRows(db: Database): MetricsRows {
  const put = (table: string, key: string, onlyIf: string) =>
    db.prepare<unknown[]>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
       ON CONFLICT (${key}) DO UPDATE SET ${['at', 'error', ...valueColumns].map((name) => `${name} = excluded.${name}`).join(', ')} ${onlyIf}`,
    );
  const putSample = put('samples', 'machine, source, at', '');
  // A late reading does not take the place of a newer one.
  const putNewest = put('newest', 'machine, source', 'WHERE excluded.at >= newest.at');
  const newest = db.prepare<unknown[], Row>(`SELECT ${selected} FROM newest`);
  const range = db.prepare<unknown[], Row>(
    `SELECT ${selected} FROM samples WHERE machine = ? AND source = ? AND at BETWEEN ? AND ? ORDER BY at`,
  );
  const slice = db.prepare<unknown[], Row>(
    `SELECT ${selected} FROM samples WHERE machine = ? AND source = ? AND at BETWEEN ? AND ? ORDER BY at LIMIT ?`,
  );
  const newestAt = db.prepare<unknown[], number | null>('SELECT max(at) FROM newest').pluck();
  const taken = db.prepare<unknown[], TakenReading>(
    'SELECT at AS atMs, error FROM samples WHERE machine = ? AND source = ? AND at BETWEEN ? AND ? ORDER BY at',
  );
  const series = db.prepare<unknown[], { machine: string; source: string }>('SELECT machine, source FROM newest');
  const sliceEnd = db
    .prepare<unknown[], number>(
      'SELECT at FROM samples WHERE machine = ? AND source = ? AND at < ? ORDER BY at LIMIT 1 OFFSET ?',
    )
    .pluck();
  const removeUntil = db.prepare<unknown[]>('DELETE FROM samples WHERE machine = ? AND source = ? AND at < ?');
  const removeNewest = db.prepare<unknown[]>('DELETE FROM newest WHERE at < ?');

  const appendAll = db.transaction((samples: readonly StoredSample[]) => {
    for (const sample of samples) {
      const values = sampleMetrics.map((metric) => sample[metric]);
      const row = [sample.machineId, sample.source, Math.round(sample.atMs), sample.error, ...values];
      putSample.run(row);
      putNewest.run(row);
    }
  });
  const removeSome = db.transaction((wallMs: number): number => {
    let removed = 0;
    for (const { machine, source } of series.all()) {
      const until = sliceEnd.get(machine, source, wallMs, sliceRows - removed) ?? wallMs;
      removed += removeUntil.run(machine, source, until).changes;
      if (removed >= sliceRows) return removed;
    }
    // Last, because this is the list of what there may be to remove.
    if (removed === 0) removeNewest.run(wallMs);
    return removed;
  });

  const bucketsOf = (machineId: string, { source, level, fromMs, toMs }: RollUpQuery): readonly PlacedEntry[] => {
    const lengthMs = bucketMs[level];
    const samples = new Map<number, Row[]>();
    const [begin, end] = [bucketStart(fromMs, level), Math.ceil(toMs / lengthMs) * lengthMs];
    for (const row of range.iterate(machineId, source, begin, end - 1)) {
      const startMs = bucketStart(row.atMs, level);
      const bucket = samples.get(startMs);
      if (bucket === undefined) samples.set(startMs, [row]);
      else bucket.push(row);
    }
    return [...samples].flatMap(([startMs, rows]): readonly PlacedEntry[] => {
      const entry = rollUpSamples(rows);
      return entry === null ? [] : [{ startMs, endMs: startMs + lengthMs, entry }];
    });
  };

  return {
    append: (samples) => appendAll.immediate(samples),
    newest: () => newest.all(),
    history: ({ machineId, source, fromMs, toMs, points, intervalMs }) => {
      const holeMs = holeOf(() => taken.iterate(machineId, source, fromMs, toMs), intervalMs);
      return thinSamples(() => range.iterate(machineId, source, fromMs, toMs), points, holeMs);
    },
    gaps: ({ machineId, source, fromMs, toMs, points, intervalMs }) => {
      const read = () => taken.iterate(machineId, source, fromMs, toMs);
      return readingGaps(read, { holeMs: holeOf(read, intervalMs), shortestMs: (toMs - fromMs) / points });
    },
    slice: ({ machineId, source, fromMs, toMs, limit }) => slice.all(machineId, source, fromMs, toMs, limit),
    rollUps: (query) => {
      const { metrics, source, points = Number.POSITIVE_INFINITY } = query;
      const newestMs = newestAt.get() ?? Number.NEGATIVE_INFINITY;
      return query.machineIds.flatMap((machineId) => {
        const entries = bucketsOf(machineId, query);
        return entries.length === 0 ? [] : [rollUpColumns(entries, { machineId, source, metrics, points, newestMs })];
      });
    },
    removeSlice: (wallMs) => removeSome.immediate(wallMs),
  };
}
