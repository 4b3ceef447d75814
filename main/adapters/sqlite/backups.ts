import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import DatabaseConstructor, { type Database } from 'better-sqlite3';
import { VigilError } from '../../contract/failure.ts';
import { examine } from './database-file.ts';
import { makePrivateFile, moveDurably, removeDatabase } from './durable-file.ts';
import { schemaVersion } from './migrations.ts';
import { stampOf, timeOfStamp } from './stamp.ts';

const kept = 5;
const tablesOf = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

export interface Backup {
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** `backups/state-<UTC>.db` in the data home: whole copies, each examined before it got its name. */
export function backupFolder(home: string): string {
  return path.join(home, 'backups');
}

/** Newest first. */
export function listBackups(home: string): readonly Backup[] {
  const folder = backupFolder(home);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const at = timeOfStamp(/^state-(.+)\.db$/.exec(name)?.[1] ?? '');
      return at === null ? [] : [{ file: path.join(folder, name), at }];
    })
    .sort((a, b) => b.at - a.at);
}

/** Copies, examines, names; the oldest beyond five go. Answers with the path. Leaves nothing behind when it fails. */
export function takeBackup(db: Database, home: string, now: number): string {
  const folder = backupFolder(home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `state-${stampOf(now)}.db`);
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    makePrivateFile(partial);
    db.prepare('VACUUM INTO ?').run(partial);
    verifyCopy(db, partial);
    moveDurably(partial, file);
  } catch (error) {
    removeDatabase(partial);
    throw error;
  }
  for (const { file: old } of listBackups(home).slice(kept)) rmSync(old, { force: true });
  return file;
}

/** Copies the newest backup that is whole and no newer than `newestVersion` to `to`. Null when there is none. */
export function copyNewestGood(home: string, to: string, newestVersion: number): Backup | null {
  for (const backup of listBackups(home)) {
    try {
      removeDatabase(to);
      copyFileSync(backup.file, to);
      chmodSync(to, 0o600);
      const copy = new DatabaseConstructor(to, { fileMustExist: true });
      try {
        examine(copy, 'integrity_check');
        if (schemaVersion(copy) <= newestVersion) return backup;
      } finally {
        copy.close();
      }
    } catch {
      // Not whole: the next older one may be.
    }
  }
  removeDatabase(to);
  return null;
}

/** What a crash in the middle of a backup left. */
export function removePartialBackups(home: string): void {
  const folder = backupFolder(home);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (name.includes('.partial')) rmSync(path.join(folder, name), { force: true });
}

function verifyCopy(source: Database, file: string): void {
  const copy = new DatabaseConstructor(file, { fileMustExist: true, readonly: true });
  try {
    examine(copy, 'integrity_check');
    for (const table of source.prepare<unknown[], string>(tablesOf).pluck().all()) {
      if (countOf(source, table) !== countOf(copy, table))
        throw new VigilError('refused', `A backup of the state database lacks rows of ${table}; it was thrown away.`);
    }
  } finally {
    copy.close();
  }
}

function countOf(db: Database, table: string): number {
  return Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
}
