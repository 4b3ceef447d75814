import { sampleMetrics } from '../../contract/sample.ts';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { dayOfHour, hourKey, hourOf } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { packBlock } from './sample-block.ts';
import { SampleTable } from './sample-table.ts';
import type { Series } from './series-book.ts';
import { settleDay } from './settle-day.ts';

/** Rows in one transaction. */
const rowsAtOnce = 20_000;

const columnOf = (metric: string): string => metric.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const columns = [
  'machine AS machineId',
  'source',
  'at AS atMs',
  'error',
  ...sampleMetrics.map((metric) => `${columnOf(metric)} AS ${metric}`),
].join(', ');

/**
 * Moves the rows that an older Vigil wrote into blocks, a slice a transaction: killed half-way, what was moved is moved and
 * the rest is where it was. The tables go when they are empty. `told` hears of each slice when it is on the disk.
 */
export function movePlainSamples(
  metrics: PackedMetrics,
  sliceRows = rowsAtOnce,
  told: (moved: number) => void = () => {},
): void {
  const { db } = metrics;
  const isThere = db.prepare<[], number>("SELECT count(*) FROM sqlite_schema WHERE name = 'plain_samples'").pluck();
  if (isThere.get() === 0) return;
  const next = db.prepare<[], Pick<StoredSample, 'machineId' | 'source'>>(
    'SELECT machine AS machineId, source FROM plain_samples ORDER BY machine, source LIMIT 1',
  );
  const rows = db.prepare<[string, string, number], StoredSample>(
    `SELECT ${columns} FROM plain_samples WHERE machine = ? AND source = ? ORDER BY at LIMIT ?`,
  );
  const remove = db.prepare<[string, string, number]>(
    'DELETE FROM plain_samples WHERE machine = ? AND source = ? AND at <= ?',
  );
  const moveSlice = db.transaction((): { readonly moved: number; readonly created: Series | null } => {
    const of = next.get();
    if (of === undefined) {
      db.exec('DROP TABLE plain_samples; DROP TABLE plain_newest');
      return { moved: 0, created: null };
    }
    const known = metrics.series.byName(of.machineId, of.source);
    const series = known ?? metrics.series.create(of.machineId, of.source);
    const samples = rows.all(of.machineId, of.source, sliceRows);
    const last = samples.at(-1);
    if (last === undefined) throw new Error('a series without samples');
    moveInto(metrics, series, samples);
    remove.run(of.machineId, of.source, last.atMs);
    return { moved: samples.length, created: known === undefined ? series : null };
  });

  for (;;) {
    const { moved, created } = moveSlice.immediate();
    if (created !== null) metrics.series.adopt([created]);
    if (moved === 0) return;
    told(moved);
  }
}

function moveInto(metrics: PackedMetrics, series: Series, samples: readonly StoredSample[]): void {
  const hours = new Map<number, SampleTable>();
  for (const sample of samples) {
    const hour = hourOf(sample.atMs);
    let table = hours.get(hour);
    if (table === undefined) {
      // The slice before may have ended in the middle of this hour.
      table = metrics.block(series, hour) ?? new SampleTable();
      hours.set(hour, table);
    }
    table.put(sample);
  }
  for (const [hour, table] of hours) metrics.blocks.put(hourKey(hour, series.id), packBlock(table));
  const days = new Set([...hours.keys()].map(dayOfHour));
  for (const day of days) settleDay(metrics, series, day);
  const last = samples.at(-1);
  if (last !== undefined && last.atMs >= (series.newest?.atMs ?? Number.NEGATIVE_INFINITY)) {
    series.newest = last;
    metrics.series.saveNewest(series);
  }
}
