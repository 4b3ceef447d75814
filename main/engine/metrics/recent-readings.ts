import type { RecentSeries, SampleSource } from '../../contract/sample.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsStore, StoredSample } from '../ports/metrics-store.ts';
import { sourcesByWorth } from './roll-up-answers.ts';
import { storedSamples } from './stored-samples.ts';

export interface RecentReadingsPorts {
  readonly clock: Clock;
  readonly store: Pick<MetricsStore, 'newest' | 'slice'>;
  /** From one reading of a machine to the next; without a machine, as most are read. */
  intervalMs(machineId?: string): number;
  /** Undefined for a machine that is gone. */
  nameOf(id: string): string | undefined;
}

/**
 * The last readings of every machine, in memory. Those from before this engine began are fetched from the store once, when
 * somebody first asks.
 */
export interface RecentReadings {
  remember(samples: readonly StoredSample[]): void;
  /** The newest of a source. */
  last(machineId: string, source: SampleSource): StoredSample | undefined;
  /**
   * At most `points` values of each machine, or of those that are named by id or name; null where nothing was read for
   * longer than a round takes.
   */
  series(points: number, machines?: readonly string[]): Promise<readonly RecentSeries[]>;
}

const mostKept = 60;
/** A silence as long as this many intervals is a gap. */
const intervalsOfGap = 2.5;
/** The interval may have been shorter before. */
const mostFetched = 720;
const fetchedAtOnce = 50;

export function createRecentReadings({ clock, store, intervalMs, nameOf }: RecentReadingsPorts): RecentReadings {
  /** Per machine and source, oldest first. */
  const recent = new Map<string, readonly StoredSample[]>();
  let fetched: Promise<void> | null = null;
  const keyOf = (machineId: string, source: SampleSource): string => `${machineId} ${source}`;

  async function fetchPast(): Promise<void> {
    const now = clock.wallNow();
    const fromMs = now - mostKept * intervalMs();
    const series = (await store.newest()).filter(
      ({ atMs, machineId }) => atMs >= fromMs && nameOf(machineId) !== undefined,
    );
    for (let next = 0; next < series.length; next += fetchedAtOnce) {
      await Promise.all(
        series.slice(next, next + fetchedAtOnce).map(async ({ machineId, source }) => {
          const past = storedSamples(await store.slice({ machineId, source, fromMs, toMs: now, limit: mostFetched }));
          const key = keyOf(machineId, source);
          // What came meanwhile is known better here.
          const own = recent.get(key) ?? [];
          const begin = own[0]?.atMs ?? Number.POSITIVE_INFINITY;
          recent.set(key, [...past.filter(({ atMs }) => atMs < begin), ...own].slice(-mostKept));
        }),
      );
    }
  }

  function valuesOf(samples: readonly StoredSample[], metric: 'cpuPercent' | 'memoryPercent'): (number | null)[] {
    const longest = intervalsOfGap * intervalMs(samples[0]?.machineId);
    return samples.flatMap((sample, index) => {
      const before = samples[index - 1];
      const isAfterGap = before !== undefined && sample.atMs - before.atMs > longest;
      return isAfterGap ? [null, sample[metric]] : [sample[metric]];
    });
  }

  return {
    remember: (samples) => {
      for (const sample of samples) {
        const key = keyOf(sample.machineId, sample.source);
        recent.set(key, [...(recent.get(key) ?? []), sample].slice(-mostKept));
      }
      for (const [key, [first]] of recent) {
        if (first !== undefined && nameOf(first.machineId) === undefined) recent.delete(key);
      }
    },
    last: (machineId, source) => recent.get(keyOf(machineId, source))?.at(-1),
    series: async (points, machines) => {
      fetched ??= fetchPast();
      // Lines without their past are better than none; the next who asks has it tried again.
      await fetched.catch(() => {
        fetched = null;
      });
      const ids = new Set([...recent.values()].flatMap(([first]) => (first === undefined ? [] : [first.machineId])));
      const wanted = machines === undefined ? null : new Set(machines);
      const isWanted = (id: string): boolean => wanted === null || wanted.has(id) || wanted.has(nameOf(id) ?? id);
      return [...ids].filter(isWanted).map((machineId): RecentSeries => {
        const best = (metric: 'cpuPercent' | 'memoryPercent'): readonly (number | null)[] => {
          const found = sourcesByWorth
            .map((source) => recent.get(keyOf(machineId, source)) ?? [])
            .find((samples) => samples.some((sample) => sample[metric] !== null));
          return valuesOf(found ?? [], metric).slice(-points);
        };
        return { machineId, cpuPercent: best('cpuPercent'), memoryPercent: best('memoryPercent') };
      });
    },
  };
}
