import type { SampleSource, SampleValues } from '../../contract/sample.ts';

/** What machines did, over time. Narrow on purpose: another store can stand behind it. */

export interface StoredSample extends SampleValues {
  readonly machineId: string;
  /** End of the interval, wall-clock milliseconds. */
  readonly atMs: number;
  readonly source: SampleSource;
  /** Why there are no values; null when the reading succeeded. */
  readonly error: string | null;
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

export interface MetricsStore {
  open(): Promise<void>;
  /** One tick: durable when it resolves, the newest values with it. */
  append(samples: readonly StoredSample[]): Promise<void>;
  /** The newest sample of every machine and source. */
  newest(): Promise<readonly StoredSample[]>;
  /** Oldest first. */
  history(query: HistoryQuery): Promise<readonly StoredSample[]>;
  /** Oldest first; those that lie closer than one of `points` equal stretches come back as one. */
  gaps(query: HistoryQuery): Promise<readonly StoredGap[]>;
  /** Removes what is older, in slices; the number of samples removed. */
  removeBefore(wallMs: number): Promise<number>;
  close(): Promise<void>;
}
