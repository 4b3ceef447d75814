/** What a machine did between two readings. A missing reading is null, never 0. */

/** Where a value was read: the process on this computer, the guest itself, a host over SSH, or Azure. */
export const sampleSources = ['host', 'guest', 'azure', 'ssh'] as const;
export type SampleSource = (typeof sampleSources)[number];

export const sampleLevels = ['raw', 'hourly', 'daily'] as const;
export type SampleLevel = (typeof sampleLevels)[number];

/**
 * The measured values of a sample, in the order every table and chart names them. Percentages 0 to 100. A guest is asked
 * for its `diskPercent` once a minute at most; the samples between repeat the last answer.
 */
export const sampleMetrics = [
  'cpuPercent',
  'memoryPercent',
  'diskPercent',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'networkInBytesPerSecond',
  'networkOutBytesPerSecond',
] as const;
export type SampleMetric = (typeof sampleMetrics)[number];

export type SampleValues = Readonly<Record<SampleMetric, number | null>>;

export interface Sample extends SampleValues {
  /** End of the interval, ISO 8601 UTC. */
  readonly at: string;
  /** Name of the machine. */
  readonly machine: string;
  readonly machineId: string;
  readonly source: SampleSource;
  /** A reading that failed has all values null and says why. */
  readonly success: boolean;
  readonly error?: string;
  readonly level: SampleLevel;
}

export const noValues: SampleValues = {
  cpuPercent: null,
  memoryPercent: null,
  diskPercent: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkInBytesPerSecond: null,
  networkOutBytesPerSecond: null,
};

/** A stretch of time in which nothing is known of one source. */
export interface ReadingGap {
  readonly source: SampleSource;
  /** The last reading before it, and the first one after it; ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** Why readings failed; null where none was taken. */
  readonly reason: string | null;
}

/** The last values of one machine, oldest first; from the guest where it tells, else from its process. */
export interface RecentSeries {
  readonly machineId: string;
  readonly cpuPercent: readonly (number | null)[];
  readonly memoryPercent: readonly (number | null)[];
}
