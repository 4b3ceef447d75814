import { failureOf } from '../../contract/failure.ts';
import { noValues, type SampleSource } from '../../contract/sample.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredSample } from '../ports/metrics-store.ts';
import type { Reading } from '../ports/reading.ts';
import { inParallel } from './in-parallel.ts';
import { readWithin } from './read-within.ts';
import { valuesBetween } from './reading.ts';

/** One place to read from: a machine's process, its guest over SSH. */
export interface ReadingSource {
  readonly machineId: string;
  readonly source: SampleSource;
  /** It is not read this time; what was read of it before still counts. */
  readonly rests?: boolean;
  read(signal: StopSignal): Promise<Reading>;
}

export interface CollectorOptions {
  readonly clock: Clock;
  /** How many sources are read at a time. */
  readonly maxWorkers: number;
  /** For one source. */
  readonly timeoutMs: number;
  /** For all of them together, so that the next round begins on its beat. */
  readonly roundMs: number;
  /** Where more are read than at a time, the first of them and the last begin so far apart, and not all in one rush. */
  readonly spreadMs?: number;
  /** Ends the round at once: what has not been read by then is not told of. */
  readonly signal: StopSignal;
  /** What a source counted when it began to answer, where no round has read it since; handed over once. */
  firstReading?(source: ReadingSource): Reading | null;
}

/**
 * Reads every source once and turns counters into rates. Invariants:
 * 1. A source that fails or hangs gives a sample without values and with its reason; the others never notice: those that
 *    failed the last time are read after them, and the round ends in time whoever hangs.
 * 2. A rate needs two good readings in a row of one source; after a failure the next good reading starts anew. The first of
 *    them may be one from when it began to answer.
 * 3. Samples come in the order of their sources, each with the moment at which its own reading began.
 */
export interface Collector {
  collect(sources: readonly ReadingSource[], options: CollectorOptions): Promise<readonly StoredSample[]>;
}

export function createCollector(): Collector {
  let before = new Map<string, Reading>();
  let failed = new Set<string>();
  return {
    collect: async (sources, options) => {
      const after = new Map<string, Reading>();
      const failures = new Set<string>();
      const { clock, maxWorkers, signal } = options;
      const beginMs = clock.monotonicNow();
      const endMs = beginMs + options.roundMs;
      for (const source of sources) {
        if (source.rests !== true) continue;
        const [key, reading] = [keyOf(source), before.get(keyOf(source))];
        if (reading !== undefined) after.set(key, reading);
        if (failed.has(key)) failures.add(key);
      }
      const sampleOf = async (source: ReadingSource): Promise<StoredSample> => {
        const key = keyOf(source);
        const base = { machineId: source.machineId, source: source.source, atMs: clock.wallNow() };
        const limitMs = Math.min(options.timeoutMs, endMs - clock.monotonicNow());
        // Not counted as a failure of its own: it comes first the next time.
        if (limitMs <= 0)
          return { ...base, ...noValues, error: 'Others took so long that no time was left to read it.' };
        try {
          const first = options.firstReading?.(source) ?? null;
          const reading = await readWithin(source.read, clock, limitMs, signal);
          after.set(key, reading);
          const known = before.get(key);
          const earlier = known !== undefined && known.epoch === reading.epoch ? known : first;
          return { ...base, ...valuesBetween(earlier, reading), error: null };
        } catch (error) {
          failures.add(key);
          return { ...base, ...noValues, error: failureOf(error).message };
        }
      };
      const inOrder = sources
        .map((source, place) => ({ source, place }))
        .filter(({ source }) => source.rests !== true)
        .sort((a, b) => Number(failed.has(keyOf(a.source))) - Number(failed.has(keyOf(b.source))))
        .map((each, turn) => ({ ...each, group: Math.floor(turn / maxWorkers) }));
      const spacingMs = (options.spreadMs ?? 0) / Math.max(1, Math.ceil(inOrder.length / maxWorkers));
      const samples = await inParallel(inOrder, maxWorkers, async ({ source, place, group }) => {
        await reached(clock, beginMs + group * spacingMs, signal);
        if (signal.aborted) return [];
        const sample = await sampleOf(source);
        return signal.aborted && sample.error !== null ? [] : [{ place, sample }];
      });
      before = after;
      failed = failures;
      return samples
        .flat()
        .sort((one, other) => one.place - other.place)
        .map(({ sample }) => sample);
    },
  };
}

function keyOf({ machineId, source }: ReadingSource): string {
  return `${machineId} ${source}`;
}

/** Resolves at once where that moment is over, and when nothing is waited for any longer. */
async function reached(clock: Clock, atMs: number, signal: StopSignal): Promise<void> {
  const leftMs = atMs - clock.monotonicNow();
  if (leftMs <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      undo();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const undo = clock.after(leftMs, end);
    signal.addEventListener('abort', end);
  });
}
