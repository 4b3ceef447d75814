/** Counters and gauges of one machine at one moment, as a source hands them over. */
export interface Reading {
  /** Monotonic milliseconds of the engine when it was taken. */
  readonly takenAtMs: number;
  /** Changes when the counters began anew: a reboot, a new process. */
  readonly epoch: string;
  /** Busy and possible processor time so far, in one unit of the source's own. */
  readonly cpu: { readonly busy: number; readonly total: number } | null;
  readonly memoryPercent: number | null;
  readonly diskPercent: number | null;
  /** Bytes so far. */
  readonly diskReadBytes: number | null;
  readonly diskWriteBytes: number | null;
  readonly networkInBytes: number | null;
  readonly networkOutBytes: number | null;
}
