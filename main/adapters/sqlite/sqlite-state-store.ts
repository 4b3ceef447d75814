import { VigilError } from '../../contract/failure.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { StateStore, StoredState } from '../../engine/ports/state-store.ts';
import { DatabaseThread } from './database-thread.ts';
import { workerBesideUs } from './worker-beside-us.ts';
import type { StateAnswers, StateRequest } from './worker-messages.ts';

type Thread = DatabaseThread<StateAnswers, StateRequest>;

/** Opening may copy, examine and migrate a large file. */
const openMs = 120_000;
const commitMs = 30_000;
const readMs = 10_000;
/** Every entry there is. */
const verifyMs = 60_000;
const backupMs = 120_000;
const closeMs = 15_000;

export interface SqliteStateStoreOptions {
  /** The data home; `state.db`, `backups/` and `reserve` lie in it. */
  readonly home: string;
  /** Folder of the numbered .sql files. */
  readonly migrationsFolder: string;
  readonly log: Log;
  /** The worker's own file; beside this one when absent. */
  readonly workerPath?: string;
}

export interface SqliteStateStore extends StateStore {
  /** Starts the thread, and opens nothing yet: there is other work until somebody may open the database. `close` ends it. */
  prepare(): void;
  /** Takes a copy that was examined; answers with its path. */
  backup(): Promise<string>;
}

/**
 * `state.db` behind a worker thread; no SQL on the caller's thread. A thread that dies fails what was asked of it and is
 * started again at the next use; what was acknowledged before is there.
 */
export function createSqliteStateStore(options: SqliteStateStoreOptions): SqliteStateStore {
  const { home, migrationsFolder, log } = options;
  const file = options.workerPath ?? workerBesideUs();
  let live: { readonly thread: Thread; readonly stored: Promise<StoredState> } | null = null;
  let prepared: Thread | null = null;
  let isClosed = false;

  const newThread = (): Thread => new DatabaseThread<StateAnswers, StateRequest>(file, 'state', log);
  const start = (): { readonly thread: Thread; readonly stored: Promise<StoredState> } => {
    const thread = prepared?.isAlive === true ? prepared : newThread();
    prepared = null;
    const stored = thread.ask({ kind: 'open', home, migrationsFolder }, openMs).catch(async (error: unknown) => {
      await thread.terminate();
      throw error;
    });
    return { thread, stored };
  };
  const thread = async (): Promise<Thread> => {
    if (isClosed) throw new VigilError('refused', 'The state database is closed.');
    if (live?.thread.isAlive !== true) {
      const isAgain = live !== null;
      live = start();
      if (isAgain) sayRestart(live.stored, log);
    }
    const { thread: current, stored } = live;
    await stored;
    return current;
  };

  return {
    prepare: () => {
      if (!isClosed && live === null) prepared ??= newThread();
    },
    open: async () => {
      await thread();
      if (live === null) throw new VigilError('refused', 'The state database is closed.');
      return live.stored;
    },
    commit: async (changes) => {
      await (await thread()).ask({ kind: 'commit', changes }, commitMs);
    },
    readJournal: async (query) => (await thread()).ask({ kind: 'read-journal', query }, readMs),
    verifyJournal: async () => (await thread()).ask({ kind: 'verify-journal' }, verifyMs),
    readCrashes: async (machineId, limit) => (await thread()).ask({ kind: 'read-crashes', machineId, limit }, readMs),
    readHookRuns: async (query) => (await thread()).ask({ kind: 'read-hook-runs', query }, readMs),
    readHookRun: async (run) => (await thread()).ask({ kind: 'read-hook-run', id: run }, readMs),
    readEpisodes: async (query) => (await thread()).ask({ kind: 'read-episodes', query }, readMs),
    countEpisodes: async (sinceMs) => (await thread()).ask({ kind: 'count-episodes', sinceMs }, readMs),
    readDeliveries: async (query) => (await thread()).ask({ kind: 'read-deliveries', query }, readMs),
    backup: async () => (await thread()).ask({ kind: 'backup' }, backupMs),
    close: async () => {
      isClosed = true;
      await prepared?.terminate();
      const current = live?.thread;
      if (current === undefined || !current.isAlive) return;
      try {
        await current.ask({ kind: 'close' }, closeMs);
      } catch (error) {
        log.write('warn', 'sqlite', 'the database thread did not close in time', { error });
        await current.terminate();
      }
      await current.ended;
    },
  };
}

function sayRestart(stored: Promise<StoredState>, log: Log): void {
  stored.then(
    ({ restored }) => {
      if (restored === null) log.write('warn', 'sqlite', 'the database thread was started again');
      else log.write('error', 'sqlite', restored);
    },
    () => undefined,
  );
}
