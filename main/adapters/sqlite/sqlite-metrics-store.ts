import { VigilError } from '../../contract/failure.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { MetricsStore } from '../../engine/ports/metrics-store.ts';
import { DatabaseThread } from './database-thread.ts';
import { workerBesideUs } from './worker-beside-us.ts';
import type { MetricsAnswers, MetricsRequest } from './worker-messages.ts';

type Thread = DatabaseThread<MetricsAnswers, MetricsRequest>;

/** Opening may migrate a large file. */
const openMs = 120_000;
const requestMs = 30_000;
const closeMs = 15_000;

export interface SqliteMetricsStoreOptions {
  /** The data home; `metrics.db` lies in it. */
  readonly home: string;
  /** Folder of the numbered .sql files. */
  readonly migrationsFolder: string;
  readonly log: Log;
  /** The worker's own file; beside this one when absent. */
  readonly workerPath?: string;
}

/**
 * `metrics.db` behind a worker thread of its own, so that reading a long history keeps no decision waiting. A thread that
 * dies fails what was asked of it and is started again at the next use; what was acknowledged before is there. Damage is
 * put aside, said in the log, and readings begin anew.
 */
export function createSqliteMetricsStore(options: SqliteMetricsStoreOptions): MetricsStore {
  const { home, migrationsFolder, log } = options;
  const file = options.workerPath ?? workerBesideUs();
  let live: { readonly thread: Thread; readonly opened: Promise<null> } | null = null;
  let isClosed = false;

  const start = (): { readonly thread: Thread; readonly opened: Promise<null> } => {
    const thread: Thread = new DatabaseThread<MetricsAnswers, MetricsRequest>(file, 'metrics', log);
    const opened = thread.ask({ kind: 'open', home, migrationsFolder }, openMs).catch(async (error: unknown) => {
      await thread.terminate();
      throw error;
    });
    return { thread, opened };
  };
  const thread = async (): Promise<Thread> => {
    if (isClosed) throw new VigilError('refused', 'The metrics database is closed.');
    if (live?.thread.isAlive !== true) {
      if (live !== null) log.write('warn', 'sqlite', 'the thread of the metrics database is started again');
      live = start();
    }
    const { thread: current, opened } = live;
    await opened;
    return current;
  };

  return {
    open: async () => {
      await thread();
    },
    append: async (samples) => {
      if (samples.length > 0) await (await thread()).ask({ kind: 'append', samples }, requestMs);
    },
    newest: async () => (await thread()).ask({ kind: 'newest' }, requestMs),
    history: async (query) => (await thread()).ask({ kind: 'history', query }, requestMs),
    slice: async (slice) => (await thread()).ask({ kind: 'slice', slice }, requestMs),
    rollUps: async (query) => (await thread()).ask({ kind: 'roll-ups', query }, requestMs),
    query: async (query) => (await thread()).ask({ kind: 'query', query }, requestMs),
    gaps: async (query) => (await thread()).ask({ kind: 'gaps', query }, requestMs),
    removeOld: async (keptFrom, mostBytes) => {
      let all = 0;
      for (;;) {
        const removed = await (await thread()).ask({ kind: 'remove-old', keptFrom, mostBytes }, requestMs);
        if (removed === 0) return all;
        all += removed;
      }
    },
    close: async () => {
      isClosed = true;
      const current = live?.thread;
      if (current === undefined || !current.isAlive) return;
      try {
        await current.ask({ kind: 'close' }, closeMs);
      } catch (error) {
        log.write('warn', 'sqlite', 'the thread of the metrics database did not close in time', { error });
        await current.terminate();
      }
      await current.ended;
    },
  };
}
