import type { SampleLevel } from '../../contract/sample.ts';
import type { KeptFrom } from '../../engine/ports/metrics-store.ts';
import { dayOfHour, firstHourOf, hourOf, hourOfKey, seriesOfKey } from './block-key.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import type { PackedTable } from './packed-table.ts';
import { dayMs } from './roll-up-entry.ts';
import type { Series } from './series-book.ts';
import { isSettled, settleDay } from './settle-day.ts';

/** Rows in one transaction: a few milliseconds' work. */
const sliceRows = 256;

const tables: readonly { readonly level: SampleLevel; readonly of: (metrics: PackedMetrics) => PackedTable }[] = [
  { level: 'raw', of: ({ blocks }) => blocks },
  { level: 'hourly', of: ({ hours }) => hours },
  { level: 'daily', of: ({ days }) => days },
];

/** Removes what is older than it need be, in slices. */
export interface OldReadings {
  /** A slice of what is older than that, whole days of UTC. How many rows went; 0 when there is nothing left of it. */
  removeSlice(keptFrom: KeptFrom): number;
  /** A slice of the oldest single readings, whatever their age; 0 when only the present day's are left. */
  removeOldestSlice(): number;
}

export function createOldReadings(metrics: PackedMetrics, rowsAtOnce = sliceRows): OldReadings {
  const { db } = metrics;
  const putRemoved = db.prepare<[string, number]>(
    'INSERT INTO removed (level, before) VALUES (?, ?) ON CONFLICT (level) DO UPDATE SET before = max(before, excluded.before)',
  );

  /** Before a day's first samples go, its hours and itself are written down where that was not done: a machine ended in it. */
  const settleAll = (keys: readonly number[]): void => {
    for (const key of keys) {
      const [series, day] = [metrics.series.byId(seriesOfKey(key)), dayOfHour(hourOfKey(key))];
      if (series !== undefined && !isSettled(metrics, series, day)) settleDay(metrics, series, day);
    }
  };
  /** The first day of which readings still lie in ticks: it cannot be settled before they are folded. */
  const openDay = (): number => dayOfHour(metrics.open.firstHour());
  const remove = db.transaction((level: SampleLevel, table: PackedTable, beforeHour: number) => {
    const rows = table.oldest(beforeHour, rowsAtOnce);
    const last = rows.at(-1);
    if (last === undefined) return null;
    const rawFromMs = (dayOfHour(hourOfKey(last.key)) + 1) * dayMs;
    if (level === 'raw') {
      settleAll(rows.map(({ key }) => key));
      putRemoved.run('raw', rawFromMs);
    }
    return { count: table.removeThrough(last.key), rawFromMs };
  });
  const removeFrom = (level: SampleLevel, table: PackedTable, beforeHour: number): number => {
    try {
      const removed = remove.immediate(level, table, beforeHour);
      if (removed === null) return 0;
      if (level === 'raw') metrics.rawFromMs = Math.max(metrics.rawFromMs ?? removed.rawFromMs, removed.rawFromMs);
      return removed.count;
    } finally {
      for (const each of tables) each.of(metrics).look();
    }
  };
  const removeSeries = db.transaction((gone: readonly Series[]) => metrics.series.removeRows(gone));

  return {
    removeSlice: (keptFrom) => {
      let keptMs = Number.POSITIVE_INFINITY;
      for (const { level, of } of tables) {
        // Longer buckets are kept at least as long as the shorter ones that they are made of.
        keptMs = Math.min(keptMs, keptFrom[level]);
        const keptDay = Math.floor(keptMs / dayMs);
        const removed = removeFrom(
          level,
          of(metrics),
          firstHourOf(level === 'raw' ? Math.min(keptDay, openDay()) : keptDay),
        );
        if (removed > 0) return removed;
      }
      const gone = [...metrics.series.all()].filter(
        (series) =>
          (metrics.newest(series)?.atMs ?? Number.NEGATIVE_INFINITY) < keptMs &&
          metrics.open.hours(series).length === 0,
      );
      if (gone.length > 0) {
        removeSeries.immediate(gone);
        metrics.series.forget(gone);
      }
      return 0;
    },
    removeOldestSlice: () => {
      const present = dayOfHour(hourOf(metrics.presentMs ?? 0));
      return removeFrom('raw', metrics.blocks, firstHourOf(Math.min(present, openDay())));
    },
  };
}
