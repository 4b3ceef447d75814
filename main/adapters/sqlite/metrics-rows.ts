import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type {
  HistoryQuery,
  KeptFrom,
  QueryResult,
  ReadingsQuery,
  RollUpQuery,
  SampleColumns,
  SampleSlice,
  StoredGap,
  StoredRollUps,
  StoredSample,
} from '../../engine/ports/metrics-store.ts';
import { createOldReadings } from './drop-old.ts';
import { createFolding } from './fold-ticks.ts';
import { queryMetrics } from './metrics-query.ts';
import { movePlainSamples } from './move-plain-samples.ts';
import { type Complain, PackedMetrics } from './packed-metrics.ts';
import { readRollUps } from './read-roll-ups.ts';
import { firstSamplesOf, stretchesOf } from './read-samples.ts';
import { holeOf, readingGaps } from './reading-gaps.ts';
import { columnsOf, type SampleStretch, wholeStretch } from './sample-stretch.ts';
import { thinSamples } from './thin-samples.ts';
import { createTickJournal } from './tick-journal.ts';

/** What `metrics.db` keeps, with its transactions. */
export interface MetricsRows {
  /**
   * All of them or none; the same reading again replaces itself. On the disk when it returns. How many were left out
   * because readings of their time were removed already.
   */
  append(samples: readonly StoredSample[]): number;
  /** A slice of the work that follows a tick, kept off the tick itself; true while there is more. */
  tidy(): boolean;
  newest(): readonly StoredSample[];
  history(query: HistoryQuery): SampleColumns;
  gaps(query: HistoryQuery): readonly StoredGap[];
  slice(slice: SampleSlice): SampleColumns;
  rollUps(query: RollUpQuery): readonly StoredRollUps[];
  /** Throws `bad-input` or `timeout`. */
  query(query: ReadingsQuery): QueryResult;
  /** Removes a slice of what is older, or of the oldest while the file is larger than that; 0 when nothing is left of it. */
  removeSlice(keptFrom: KeptFrom, mostBytes: number): number;
}

/** Up to so many hours are unpacked once and held; a longer range is unpacked each time it is passed through. */
const heldHours = 800;
/** A log larger than that is brought into the file before hours are folded the next time. */
const checkpointBytes = 4 * 1_048_576;
/** One larger than that, because nothing is to be folded for long, after a tick. */
const mostLogBytes = 2 * checkpointBytes;

export function createMetricsRows(db: Database, complain: Complain): MetricsRows {
  const metrics = new PackedMetrics(db, complain);
  movePlainSamples(metrics);
  const ticks = createTickJournal(metrics);
  const folding = createFolding(metrics, ticks);
  const old = createOldReadings(metrics);

  const reading = (query: HistoryQuery): (() => Iterable<SampleStretch>) => {
    const series = metrics.series.byName(query.machineId, query.source);
    if (series === undefined) return () => [];
    if (metrics.hoursOf(series, query.fromMs, query.toMs).length > heldHours) return () => stretchesOf(metrics, query);
    const held = firstSamplesOf(metrics, { ...query, limit: Number.POSITIVE_INFINITY });
    return () => (held.to > held.from ? [held] : []);
  };
  const bytes = (): number => {
    const pragma = (name: string): number => Number(db.pragma(name, { simple: true }));
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  };

  /** Nothing was written since the log was brought into the file. */
  let isBroughtIn = false;
  /**
   * The first write after it begins the log anew, and flushes twice for that. This is folding where it can be, so that no
   * round takes longer for it.
   */
  const bringIn = (): boolean => {
    if (isBroughtIn) return false;
    const bytes = statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes <= checkpointBytes || !(bytes > mostLogBytes || folding.isDue())) return false;
    db.pragma('wal_checkpoint(PASSIVE)');
    isBroughtIn = true;
    return true;
  };

  return {
    append: (samples) => {
      const isFit = ({ atMs }: StoredSample): boolean => Number.isInteger(atMs) && !metrics.isTooLate(atMs);
      // All of them are fit nearly always.
      const inTime = samples.every(isFit)
        ? samples
        : samples.filter(({ atMs }) => !metrics.isTooLate(atMs)).map(onMillisecond);
      if (inTime.length > 0) ticks.append(inTime);
      isBroughtIn = false;
      return samples.length - inTime.length;
    },
    tidy: () => bringIn() || folding.foldSome(),
    newest: () =>
      [...metrics.series.all()].flatMap((series) => {
        const newest = metrics.newest(series);
        return newest === null || metrics.isTooLate(newest.atMs) ? [] : [newest];
      }),
    history: (query) => {
      const read = reading(query);
      const thinned = thinSamples(read, query.points, holeOf(read, query.intervalMs));
      return columnsOf(wholeStretch(thinned), query);
    },
    gaps: (query) => {
      const read = reading(query);
      const { fromMs, toMs, points, intervalMs } = query;
      return readingGaps(read, { holeMs: holeOf(read, intervalMs), shortestMs: (toMs - fromMs) / points });
    },
    slice: (slice) => columnsOf(firstSamplesOf(metrics, slice), slice),
    rollUps: (query) => readRollUps(metrics, query),
    query: (query) => queryMetrics(metrics, query, () => performance.now()),
    removeSlice: (keptFrom, mostBytes) => {
      const removed = old.removeSlice(keptFrom);
      ticks.forget();
      return removed > 0 || bytes() <= mostBytes ? removed : old.removeOldestSlice();
    },
  };
}

/** The same object wherever it is on one already, which is nearly always. */
function onMillisecond(sample: StoredSample): StoredSample {
  return Number.isInteger(sample.atMs) ? sample : { ...sample, atMs: Math.round(sample.atMs) };
}
