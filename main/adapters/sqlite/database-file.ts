import { chmodSync, closeSync, openSync, readSync } from 'node:fs';
import DatabaseConstructor, { type Database } from 'better-sqlite3';
import { schemaVersion } from './migrations.ts';

/** Tell our files from other SQLite files, and from one another: "Vgil" and "Vgmt". */
export const stateId = 0x5667696c;
export const metricsId = 0x56676d74;

/** Another engine may be ending right now. */
const busyMs = 2000;

/** The file cannot be trusted; the message says what was found. */
export class DamagedDatabase extends Error {}

/**
 * Opens a file that exists as its one owner. Order matters: exclusive before the log is first touched, so that its index
 * lives in memory (no -shm file to be damaged, no mapped page that a full disk can take away).
 */
export function openOwnedDatabase(file: string, check: (db: Database) => void): Database {
  chmodSync(file, 0o600);
  const db = new DatabaseConstructor(file, { fileMustExist: true, timeout: busyMs });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    check(db);
    db.pragma('journal_mode = WAL');
    // FULL: an answer is given only when the log was flushed. better-sqlite3 is built to relax this in WAL mode.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('recursive_triggers = ON');
    db.pragma('journal_size_limit = 4194304');
    db.pragma('trusted_schema = OFF');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws `DamagedDatabase` unless the file says it is what `applicationId` names. Reads its head only. */
export function examineHead(db: Database, applicationId: number): void {
  const found = Number(db.pragma('application_id', { simple: true }));
  const what = applicationId === stateId ? 'state' : 'readings';
  if (found !== applicationId || schemaVersion(db) < 1) throw new DamagedDatabase(`it holds no ${what} of Vigil`);
}

/** Throws `DamagedDatabase` unless the file is a state of ours and whole. */
export function examine(db: Database, check: 'quick_check' | 'integrity_check'): void {
  examineHead(db, stateId);
  const verdict = String(db.pragma(`${check}(1)`, { simple: true }));
  if (verdict !== 'ok') throw new DamagedDatabase(verdict.split('\n')[0] ?? verdict);
}

/** The schema number in the file's head, read without touching anything; null when the head is not SQLite's. */
export function versionInHead(file: string, applicationId: number): number | null {
  const head = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  try {
    if (readSync(descriptor, head, 0, head.length, 0) < head.length) return null;
  } finally {
    closeSync(descriptor);
  }
  if (head.toString('latin1', 0, 16) !== 'SQLite format 3\0') return null;
  return head.readUInt32BE(68) === applicationId ? head.readUInt32BE(60) : null;
}
