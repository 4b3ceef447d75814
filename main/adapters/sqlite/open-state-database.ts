import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import DatabaseConstructor, { type Database } from 'better-sqlite3';
import { VigilError } from '../../contract/failure.ts';
import { copyNewestGood, listBackups, removeDatabase, removePartialBackups, takeBackup } from './backups.ts';
import { claimNameDurably, makePrivateFile, moveDurably, syncFolderOf } from './durable-file.ts';
import { type Migration, migrate, readMigrations, schemaVersion } from './migrations.ts';
import { stampOf } from './stamp.ts';
import { applicationId, DamagedDatabase, openOwnedDatabase, versionInHead } from './state-database-file.ts';
import { troubleOf } from './storage-failure.ts';
import { isLogDamaged } from './write-ahead-log.ts';

export interface OpenedDatabase {
  readonly db: Database;
  /** A sentence when what is open is not what was left; null otherwise. */
  readonly restored: string | null;
  readonly isNew: boolean;
}

export interface OpenOptions {
  readonly home: string;
  readonly migrationsFolder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * `state.db`, owned, whole and of the schema that this code knows. Guarantees:
 * 1. A file of a newer schema or one that another program holds is refused and not touched.
 * 2. A damaged file is moved aside, never deleted; the newest good backup takes its place.
 * 3. It is never silently empty: a new file appears under its name only when it is complete, so an empty one is damage.
 * 4. Before the schema of an existing file changes, an examined copy is among the backups.
 */
export function openStateDatabase(options: OpenOptions): OpenedDatabase {
  const { home, now } = options;
  const migrations = readMigrations(options.migrationsFolder);
  const file = path.join(home, 'state.db');
  removeLeftovers(home);
  let restored: string | null = null;
  let isNew = false;
  if (!existsSync(file)) {
    if (hasHistory(home)) restored = replace(home, migrations, 'was missing', now);
    else {
      createFresh(home, migrations);
      isNew = true;
    }
  }
  const inHead = versionInHead(file);
  if (inHead !== null) refuseNewer(inHead, migrations, file);
  restored = restored ?? keepDamagedLog(file, now);
  try {
    return { db: openExisting(file, migrations, home, now), restored, isNew };
  } catch (error) {
    if (!isDamage(error)) throw error;
    restored = replace(home, migrations, `was damaged (${messageOf(error)})`, now);
    return { db: openExisting(file, migrations, home, now), restored, isNew };
  }
}

function openExisting(file: string, migrations: readonly Migration[], home: string, now: number): Database {
  const db = openOwnedDatabase(file);
  try {
    const version = schemaVersion(db);
    refuseNewer(version, migrations, file);
    if (version < migrations.length) {
      takeBackup(db, home, now);
      migrate(db, migrations);
      // So that the number stands in the file's head, where an older Vigil finds it without opening the database.
      db.pragma('wal_checkpoint(TRUNCATE)');
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Made whole under another name first. */
function createFresh(home: string, migrations: readonly Migration[]): void {
  const file = path.join(home, 'state.db');
  const partial = `${file}.new-${process.pid}`;
  removeDatabase(partial);
  makePrivateFile(partial);
  const db = new DatabaseConstructor(partial);
  try {
    db.pragma(`application_id = ${applicationId}`);
    migrate(db, migrations);
  } finally {
    db.close();
  }
  try {
    claimNameDurably(partial, file);
  } catch (error) {
    removeDatabase(partial);
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** Puts the newest good backup, or an empty database, where the state was. Answers with what a person should read. */
function replace(home: string, migrations: readonly Migration[], what: string, now: number): string {
  const file = path.join(home, 'state.db');
  const partial = `${file}.new-${process.pid}`;
  const backup = copyNewestGood(home, partial, migrations.length);
  const aside = putAside(file, now);
  const kept = aside === null ? '' : ` The damaged file is kept as ${aside}.`;
  if (backup !== null) {
    moveDurably(partial, file);
    return `The state database ${what}.${kept} The backup of ${new Date(backup.at).toISOString()} took its place; what happened after it is lost.`;
  }
  createFresh(home, migrations);
  return `The state database ${what}.${kept} There is no good backup, so Vigil begins with an empty history; machines are taken up again from their definitions.`;
}

/** What SQLite would drop from the log without a word is kept, and said. */
function keepDamagedLog(file: string, now: number): string | null {
  if (!isLogDamaged(`${file}-wal`)) return null;
  const aside = `${file}.damaged-${stampOf(now)}-wal`;
  copyFileSync(`${file}-wal`, aside);
  syncFolderOf(file);
  return `The log of the state database was damaged; it is kept as ${path.basename(aside)}. The newest changes may be lost.`;
}

/** The name it got; null when there was no file. */
function putAside(file: string, now: number): string | null {
  let aside: string | null = null;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (!existsSync(`${file}${suffix}`)) continue;
    const to = `${file}.damaged-${stampOf(now)}${suffix}`;
    renameSync(`${file}${suffix}`, to);
    if (suffix === '') aside = path.basename(to);
  }
  syncFolderOf(file);
  return aside;
}

function refuseNewer(version: number, migrations: readonly Migration[], file: string): void {
  if (version <= migrations.length) return;
  throw new VigilError(
    'refused',
    `${file} was written by a newer Vigil (schema ${version}; this one knows ${migrations.length}). Nothing was touched.`,
    { hint: 'Start the newer Vigil, or give this one another --home.' },
  );
}

function hasHistory(home: string): boolean {
  return (
    listBackups(home).length > 0 ||
    existsSync(path.join(home, 'state.db-wal')) ||
    readdirSync(home).some((name) => name.startsWith('state.db.damaged-'))
  );
}

function removeLeftovers(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  removePartialBackups(home);
  for (const name of readdirSync(home))
    if (name.startsWith('state.db.new-')) rmSync(path.join(home, name), { force: true });
}

function isDamage(error: unknown): boolean {
  return error instanceof DamagedDatabase || troubleOf(error) === 'damaged';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
