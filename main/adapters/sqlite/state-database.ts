import type { Database } from 'better-sqlite3';
import { VigilError } from '../../contract/failure.ts';
import type { StateChange, StoredState } from '../../engine/ports/state-store.ts';
import { listBackups, takeBackup } from './backups.ts';
import { type CommitOutcome, commitTogether } from './commit-together.ts';
import { createDiskReserve, type DiskReserve } from './disk-reserve.ts';
import { openStateDatabase } from './open-state-database.ts';
import { createStateRows, type StateRows } from './state-rows.ts';
import type { WorkerMessage } from './worker-messages.ts';

const backupEveryMs = 24 * 60 * 60 * 1000;
/** A new database gets its first backup once it holds something worth keeping. */
const firstBackupAfterMs = 10 * 60 * 1000;
const backupRetryMs = 60 * 60 * 1000;

type Say = (
  level: Extract<WorkerMessage, { kind: 'log' }>['level'],
  message: string,
  fields?: Extract<WorkerMessage, { kind: 'log' }>['fields'],
) => void;

/** `state.db` while it is open: the worker's whole work, each step waiting for the disk. */
export class StateDatabase {
  readonly rows: StateRows;
  readonly #db: Database;
  readonly #home: string;
  readonly #reserve: DiskReserve;
  readonly #say: Say;
  #backupDueAt: number;

  private constructor(db: Database, home: string, say: Say, backupDueAt: number) {
    this.#db = db;
    this.#home = home;
    this.#say = say;
    this.#backupDueAt = backupDueAt;
    this.#reserve = createDiskReserve(home);
    this.rows = createStateRows(db);
  }

  static open(
    options: { readonly home: string; readonly migrationsFolder: string },
    say: Say,
  ): { readonly database: StateDatabase; readonly stored: StoredState } {
    const now = Date.now();
    const { db, restored, isNew } = openStateDatabase({ ...options, now });
    try {
      const newest = listBackups(options.home)[0]?.at;
      const dueAt = newest === undefined ? now + (isNew ? firstBackupAfterMs : 0) : newest + backupEveryMs;
      const database = new StateDatabase(db, options.home, say, dueAt);
      database.#reserve.keep();
      const stored = { ...database.rows.all(), restored };
      return { database, stored };
    } catch (error) {
      db.close();
      throw error;
    }
  }

  commit(calls: readonly (readonly StateChange[])[]): readonly CommitOutcome[] {
    const outcomes = commitTogether(
      {
        db: this.#db,
        apply: this.rows.apply,
        makeRoom: () => {
          const freed = this.#reserve.release();
          if (freed) this.#say('warn', 'the disk is full: the reserve was given up', { home: this.#home });
          return freed;
        },
      },
      calls,
    );
    if (outcomes.some((outcome) => outcome.ok)) this.#reserve.keep();
    return outcomes;
  }

  /** Answers with the path of the copy. */
  backup(): string {
    const file = takeBackup(this.#db, this.#home, Date.now());
    this.#backupDueAt = Date.now() + backupEveryMs;
    return file;
  }

  /** What can wait until the answers are out. Never throws. */
  tidy(): void {
    if (Date.now() < this.#backupDueAt) return;
    try {
      this.rows.prune();
      const file = this.backup();
      this.#say('info', 'took a backup', { file });
    } catch (error) {
      this.#backupDueAt = Date.now() + backupRetryMs;
      this.#say('error', 'a backup failed', { error: error instanceof Error ? error.message : String(error) });
    }
  }

  close(): void {
    if (!this.#db.open) return;
    this.#db.close();
  }
}

/** The one that is open, or a refusal. */
export function opened(database: StateDatabase | null): StateDatabase {
  if (database === null) throw new VigilError('internal', 'The state database is not open.');
  return database;
}
