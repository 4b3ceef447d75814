import type { Database } from 'better-sqlite3';
import type { StateChange } from '../../engine/ports/state-store.ts';
import { troubleOf } from './storage-failure.ts';

export interface CommitPorts {
  readonly db: Database;
  apply(change: StateChange): void;
  /** Called when the disk refused: true when space was freed, so that trying once more makes sense. */
  makeRoom(): boolean;
}

export type CommitOutcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/**
 * Several commits in one transaction and one flush. Each is all or nothing by itself; one that fails leaves the others
 * as they are. When this returns, what is `ok` is on the disk. Outcomes are in the order of the calls.
 */
export function commitTogether(
  ports: CommitPorts,
  calls: readonly (readonly StateChange[])[],
): readonly CommitOutcome[] {
  if (calls.length > 1) {
    const together = attempt(ports, calls);
    if (together !== null) return together;
  }
  return calls.map((changes) => commitAlone(ports, changes));
}

/** Null when the disk refused the transaction as a whole: nothing of it is written then. */
function attempt(ports: CommitPorts, calls: readonly (readonly StateChange[])[]): readonly CommitOutcome[] | null {
  const { db } = ports;
  try {
    db.exec('BEGIN IMMEDIATE');
    const outcomes = calls.map((changes) => applyInSavepoint(ports, changes));
    db.exec('COMMIT');
    return outcomes;
  } catch {
    if (db.inTransaction) db.exec('ROLLBACK');
    return null;
  }
}

function applyInSavepoint({ db, apply }: CommitPorts, changes: readonly StateChange[]): CommitOutcome {
  db.exec('SAVEPOINT one_call');
  try {
    for (const change of changes) apply(change);
    db.exec('RELEASE one_call');
    return { ok: true };
  } catch (error) {
    // The disk's refusal concerns every call of this transaction, and SQLite may have given it up already.
    if (troubleOf(error) !== 'other' || !db.inTransaction) throw error;
    db.exec('ROLLBACK TO one_call');
    db.exec('RELEASE one_call');
    return { ok: false, error };
  }
}

function commitAlone(ports: CommitPorts, changes: readonly StateChange[]): CommitOutcome {
  try {
    transact(ports, changes);
    return { ok: true };
  } catch (error) {
    const trouble = troubleOf(error);
    if ((trouble !== 'full' && trouble !== 'unwritable') || !ports.makeRoom()) return { ok: false, error };
  }
  try {
    transact(ports, changes);
    return { ok: true };
  } catch (error) {
    return { ok: false, error };
  }
}

function transact({ db, apply }: CommitPorts, changes: readonly StateChange[]): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const change of changes) apply(change);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
