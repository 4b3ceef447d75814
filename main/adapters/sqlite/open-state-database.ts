import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { copyNewestGood, listBackups, removePartialBackups, takeBackup } from './backups.ts';
import { createDatabase } from './create-database.ts';
import { isDamage, keepDamagedLog, putAside } from './damaged-files.ts';
import { examine, openOwnedDatabase, stateId, versionInHead } from './database-file.ts';
import { moveDurably } from './durable-file.ts';
import { type Migration, migrate, readMigrations, refuseNewer, schemaVersion } from './migrations.ts';

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
      createDatabase(file, stateId, migrations);
      isNew = true;
    }
  }
  const inHead = versionInHead(file, stateId);
  if (inHead !== null) refuseNewer(inHead, migrations, file);
  restored = restored ?? keepDamagedLog(file, 'state', now);
  try {
    return { db: openExisting(file, migrations, home, now), restored, isNew };
  } catch (error) {
    if (!isDamage(error)) throw error;
    restored = replace(home, migrations, `was damaged (${messageOf(error)})`, now);
    return { db: openExisting(file, migrations, home, now), restored, isNew };
  }
}

function openExisting(file: string, migrations: readonly Migration[], home: string, now: number): Database {
  const db = openOwnedDatabase(file, (opened) => examine(opened, 'quick_check'));
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
  createDatabase(file, stateId, migrations);
  return `The state database ${what}.${kept} There is no good backup, so Vigil begins with an empty history; machines are taken up again from their definitions.`;
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
