import type { Connection } from '../../main/contract/connection.ts';
import type { RecentSeries } from '../../main/contract/sample.ts';
import { isInSight, onSight } from './page-sight.ts';
import { sameOrNew } from './readings.ts';

/** The last values of machines, for lines the size of a word: only of those that somebody looks at, however many there are. */
export interface RecentLines {
  /** The same object while nothing of it changed; undefined while nothing is known. */
  get(machineId: string): RecentSeries | undefined;
  /** Keeps the line of a machine up to date and tells when it changed. The result undoes it. */
  subscribe(machineId: string, listener: () => void): () => void;
  /** Reads all that are looked at anew; never rejects. */
  refresh(): Promise<void>;
  stop(): void;
}

const points = 24;
/** As many as one question may name. */
const mostAtOnce = 500;

export function createRecentLines(connection: Connection): RecentLines {
  const known = new Map<string, RecentSeries>();
  const listeners = new Map<string, Set<() => void>>();
  /** Wanted, and not asked for yet. */
  let missing = new Set<string>();
  let isAsking = false;
  let isOld = false;
  let isStopped = false;

  /** Those that are wanted in one go are asked for in one question; what is wanted meanwhile, in the next. */
  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    // Rows that come into sight together come in one task.
    await Promise.resolve();
    while (missing.size > 0 && !isStopped) {
      const machines = [...missing].slice(0, mostAtOnce);
      for (const each of machines) missing.delete(each);
      // Lines that are as they were are better than none; the next round has them asked for again.
      const series = await connection.call('metrics.recent', { points, machines }).catch(() => []);
      if (isStopped) return;
      for (const each of series) take(each);
    }
    isAsking = false;
  }

  function take(series: RecentSeries): void {
    const before = known.get(series.machineId);
    const now = sameOrNew(before, series);
    if (now === before) return;
    known.set(series.machineId, now);
    for (const listener of [...(listeners.get(series.machineId) ?? [])]) listener();
  }

  async function refresh(): Promise<void> {
    isOld = false;
    missing = new Set(listeners.keys());
    await ask();
  }

  const undo = [
    connection.subscribe('metrics.collected', () => {
      // Lines that nobody sees are fetched when somebody does.
      if (isInSight()) void refresh();
      else isOld = true;
    }),
    onSight(() => {
      if (isInSight() && isOld) void refresh();
    }),
  ];

  return {
    get: (machineId) => known.get(machineId),
    subscribe: (machineId, listener) => {
      let own = listeners.get(machineId);
      if (own === undefined) {
        own = new Set();
        listeners.set(machineId, own);
        missing.add(machineId);
        void ask();
      }
      own.add(listener);
      return () => {
        own.delete(listener);
        // What was fetched stays for whoever scrolls back; it is fetched anew then.
        if (own.size === 0 && listeners.get(machineId) === own) listeners.delete(machineId);
      };
    },
    refresh,
    stop: () => {
      isStopped = true;
      for (const each of undo) each();
    },
  };
}
