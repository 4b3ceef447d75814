import type { SampleLevel, SampleMetric, SampleSource } from './sample.ts';

/** Readings of an hour or of a day taken together. Hours and days are those of UTC, so that none is ever double or missing. */

export const rollUpLevels = ['hourly', 'daily'] as const;
export type RollUpLevel = (typeof rollUpLevels)[number];

/** What one value did within a bucket. The average is one over its readings, never one over averages. */
export interface RolledUpMetric {
  /** How many readings had the value. */
  readonly count: number;
  readonly average: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
}

/** One bucket, or several neighbours that were taken together because more were there than asked for. */
export interface RollUp {
  /** Name of the machine. */
  readonly machine: string;
  readonly machineId: string;
  readonly source: SampleSource;
  readonly level: RollUpLevel;
  /** Its begin and its end, which is the begin of the next; ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** How many readings succeeded in it, and how many did not. */
  readonly readings: number;
  readonly failed: number;
  /** It is not over, or was read for a part of it only. */
  readonly partial: boolean;
  /** A value that was never known in it is null. */
  readonly metrics: Readonly<Record<SampleMetric, RolledUpMetric | null>>;
}

/** One value of one machine, for charts that lay machines over one another. */
export interface ComparedSeries {
  readonly machine: string;
  readonly machineId: string;
  readonly metric: SampleMetric;
  /** Where the values were read: the guest itself where it told, else its process. */
  readonly source: SampleSource;
  readonly level: SampleLevel;
  /** Oldest first. */
  readonly points: readonly ComparedPoint[];
}

export interface ComparedPoint {
  /** Begin of the bucket, or the moment of a single reading; ISO 8601 UTC. */
  readonly at: string;
  /** Null where nothing is known. All three are the same for a single reading. */
  readonly average: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly partial: boolean;
}

/** A piece of a CSV file; the pieces one after another are the whole of it. */
export interface CsvPiece {
  /** Whole lines. The first piece begins with the header. */
  readonly text: string;
  readonly rows: number;
  /** What to ask for to have the next piece; null after the last one. */
  readonly next: string | null;
}

/** What a query in SQL is answered with. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** There are more rows than were asked for. */
  readonly isCut: boolean;
}
