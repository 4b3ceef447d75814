import DatabaseConstructor from 'better-sqlite3';
import { VigilError } from '../../contract/failure.ts';
import { rollUpLevels } from '../../contract/roll-up.ts';
import { type SampleMetric, sampleMetrics } from '../../contract/sample.ts';
import type { QueryResult, ReadingsQuery } from '../../engine/ports/metrics-store.ts';
import { judgeQuery, type WantedRows } from './judge-query.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { readRollUps } from './read-roll-ups.ts';
import { samplesOf } from './read-samples.ts';
import type { Series } from './series-book.ts';

/** For one query; readings wait to be written meanwhile. */
const limitMs = 5000;

type Cell = string | number | null;

/** Names of columns that other programs know, in their order; ours follow. */
const columns = [
  'id',
  'vm_name',
  'timestamp',
  'cpu_percent',
  'memory_percent',
  'disk_read_bytes',
  'disk_write_bytes',
  'network_in_bytes',
  'network_out_bytes',
  'success',
  'error_message',
  'aggregation_level',
  'created_at',
  'disk_percent',
  'source',
];
const valueColumns: readonly SampleMetric[] = [
  'cpuPercent',
  'memoryPercent',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'networkInBytesPerSecond',
  'networkOutBytesPerSecond',
];

/**
 * Answers one SELECT over the table `metrics`. It runs in a database of its own that holds nothing but this table, so that
 * nothing can be written and no file be reached. Throws `bad-input` for what is not answered, `timeout` when it takes long.
 */
export function queryMetrics(
  metrics: PackedMetrics,
  { sql: asked, limit, names }: ReadingsQuery,
  now: () => number,
): QueryResult {
  const { sql, wanted } = judgeQuery(asked);
  const untilMs = now() + limitMs;
  const db = new DatabaseConstructor(':memory:');
  try {
    db.table('metrics', {
      columns,
      rows: function* () {
        let id = 0;
        for (const row of rowsOf(metrics, wanted, names)) {
          id += 1;
          if (id % 256 === 0 && now() > untilMs) throw tooLong();
          yield [id, ...row];
        }
      },
    });
    const statement = db.prepare<[], Cell[]>(sql).raw();
    if (!statement.reader) throw new VigilError('bad-input', 'Only one SELECT is answered.', { field: 'query' });
    const rows: Cell[][] = [];
    let isCut = false;
    for (const row of statement.iterate()) {
      if (rows.length >= limit) {
        isCut = true;
        break;
      }
      rows.push(row);
    }
    return { columns: statement.columns().map(({ name }) => name), rows, isCut };
  } catch (error) {
    if (error instanceof VigilError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new VigilError('bad-input', `The query was not understood: ${message}.`, { field: 'query', cause: error });
  } finally {
    db.close();
  }
}

function* rowsOf(
  metrics: PackedMetrics,
  wanted: WantedRows,
  names: ReadingsQuery['names'],
): Generator<readonly Cell[]> {
  const range = { fromMs: momentOf(wanted.from) ?? -8e15, toMs: (momentOf(wanted.to) ?? 8e15) + 1000 };
  for (const series of metrics.series.all()) {
    const name = names[series.machineId] ?? series.machineId;
    if (wanted.vmName !== undefined && wanted.vmName !== name) continue;
    if (wanted.source !== undefined && wanted.source !== series.source) continue;
    if (wanted.level === undefined || wanted.level === 'raw') yield* rawRows(metrics, series, name, range);
    for (const level of rollUpLevels) {
      if (wanted.level === undefined || wanted.level === level) yield* rollUpRows(metrics, series, name, level, range);
    }
  }
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function* rawRows(
  metrics: PackedMetrics,
  { machineId, source }: Series,
  name: string,
  range: Range,
): Generator<readonly Cell[]> {
  for (const sample of samplesOf(metrics, { machineId, source, ...range })) {
    const at = isoOf(sample.atMs);
    const values = valueColumns.map((metric) => sample[metric]);
    const success = sample.error === null ? 1 : 0;
    yield [name, at, ...values, success, sample.error, 'raw', at, sample.diskPercent, source];
  }
}

function* rollUpRows(
  metrics: PackedMetrics,
  { machineId, source }: Series,
  name: string,
  level: (typeof rollUpLevels)[number],
  range: Range,
): Generator<readonly Cell[]> {
  const [found] = readRollUps(metrics, { machineIds: [machineId], source, level, ...range, metrics: sampleMetrics });
  for (let index = 0; found !== undefined && index < found.startMs.length; index += 1) {
    const average = (metric: SampleMetric): number | null => {
      const { count, sum } = found.metrics[metric] ?? {};
      const known = count?.[index] ?? 0;
      return known === 0 ? null : (sum?.[index] ?? Number.NaN) / known;
    };
    const [start, end] = [found.startMs[index] as number, found.endMs[index] as number];
    const success = (found.readings[index] ?? 0) > 0 ? 1 : 0;
    const values = valueColumns.map(average);
    yield [name, isoOf(start), ...values, success, null, level, isoOf(end), average('diskPercent'), source];
  }
}

/** Only what compares as text just as it does as time. */
function momentOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)?$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function isoOf(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

function tooLong(): VigilError {
  return new VigilError('timeout', `The query was given up after ${limitMs / 1000} s.`, {
    field: 'query',
    hint: "Narrow it: WHERE vm_name = '…' AND aggregation_level = 'hourly' AND timestamp > '2026-03-01'.",
  });
}
