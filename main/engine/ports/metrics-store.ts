import type { RollUpLevel } from '../../contract/roll-up.ts';
import type { SampleLevel, SampleMetric, SampleSource, SampleValues } from '../../contract/sample.ts';

/** What machines did, over time. Narrow on purpose: another store can stand behind it. */

export interface StoredSample extends SampleValues {
  readonly machineId: string;
  /** End of the interval, wall-clock milliseconds. */
  readonly atMs: number;
  readonly source: SampleSource;
  /** Why there are no values; null when the reading succeeded. */
  readonly error: string | null;
}

/** Samples of one series, oldest first, as columns of equal length. */
export interface SampleColumns {
  readonly machineId: string;
  readonly source: SampleSource;
  /** End of each interval, wall-clock milliseconds; no moment twice. */
  readonly atMs: Float64Array;
  /** NaN stands for a value that is not known. */
  readonly values: Readonly<Record<SampleMetric, Float64Array>>;
  /** By place, why there are no values; null for a reading that succeeded, and for all of them when all did. */
  readonly errors: readonly (string | null)[] | null;
}

export interface HistoryQuery {
  readonly machineId: string;
  readonly source: SampleSource;
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many samples come back; thinning keeps the lowest and highest of each stretch, and every gap. */
  readonly points: number;
  /** From one reading to the next as it is in force now: what a hole in the readings is measured by. */
  readonly intervalMs: number;
}

/** A stretch of one series in which nothing is known. */
export interface StoredGap {
  /** The last reading before it, wall-clock milliseconds. */
  readonly fromMs: number;
  /** The first one after it. */
  readonly toMs: number;
  /** Why readings failed; null where none was taken. */
  readonly reason: string | null;
}

export interface RollUpQuery {
  readonly machineIds: readonly string[];
  readonly source: SampleSource;
  readonly level: RollUpLevel;
  /** Buckets that share time with this stretch, the end of it not among it. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly metrics: readonly SampleMetric[];
  /** At most so many buckets per machine: neighbours are taken together, so that the lowest and the highest survive. */
  readonly points?: number;
}

/** Buckets of one machine, oldest first, as columns of equal length. An hour without any reading has no bucket. */
export interface StoredRollUps {
  readonly machineId: string;
  readonly source: SampleSource;
  /** Begin and end of each, wall-clock milliseconds. */
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  /** How many readings succeeded, and how many failed. */
  readonly readings: Uint32Array;
  readonly failed: Uint32Array;
  /** 1 where a bucket is not over, or was read for a part of it only. */
  readonly partial: Uint8Array;
  /** Those that were asked for. */
  readonly metrics: Readonly<Partial<Record<SampleMetric, RolledUpColumns>>>;
}

/** One value, bucket by bucket; NaN wherever `count` is 0. */
export interface RolledUpColumns {
  readonly count: Uint32Array;
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
}

/** A question in SQL about the table `metrics`. */
export interface ReadingsQuery {
  readonly sql: string;
  /** At most so many rows. */
  readonly limit: number;
  /** Id of a machine -> the name it has now. */
  readonly names: Readonly<Record<string, string>>;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** There are more rows than were asked for. */
  readonly isCut: boolean;
}

/** The begin of what is kept of each level, wall-clock milliseconds. */
export type KeptFrom = Readonly<Record<SampleLevel, number>>;

/** A part of one series, sample by sample. */
export interface SampleSlice {
  readonly machineId: string;
  readonly source: SampleSource;
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many, the oldest. */
  readonly limit: number;
}

export interface MetricsStore {
  open(): Promise<void>;
  /** One tick: durable when it resolves, the newest values with it. */
  append(samples: readonly StoredSample[]): Promise<void>;
  /** The newest sample of every machine and source. */
  newest(): Promise<readonly StoredSample[]>;
  /** Oldest first. */
  history(query: HistoryQuery): Promise<SampleColumns>;
  /** Oldest first; those that lie closer than one of `points` equal stretches come back as one. */
  gaps(query: HistoryQuery): Promise<readonly StoredGap[]>;
  /** Every sample of a part of a series, none left out; oldest first. */
  slice(slice: SampleSlice): Promise<SampleColumns>;
  /** Hours or days of one machine or many; those of which nothing is known at all are left out. In the order asked for. */
  rollUps(query: RollUpQuery): Promise<readonly StoredRollUps[]>;
  /** Reads only; rejects with `bad-input` for what is not answered, with `timeout` for what takes seconds. */
  query(query: ReadingsQuery): Promise<QueryResult>;
  /**
   * Removes what is older, by whole days of UTC and in slices, and the oldest single readings while the file is larger
   * than `mostBytes`. Hours and days outlive the readings they were made of. How many rows went.
   */
  removeOld(keptFrom: KeptFrom, mostBytes: number): Promise<number>;
  close(): Promise<void>;
}
