import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { createDatabase } from './create-database.ts';
import { isDamage, keepDamagedLog, putAside } from './damaged-files.ts';
import { examineHead, metricsId, openOwnedDatabase, versionInHead } from './database-file.ts';
import { type Migration, migrate, readMigrations, refuseNewer, schemaVersion } from './migrations.ts';

export interface OpenedMetrics {
  readonly db: Database;
  /** A sentence when what is open is not what was left; null otherwise. */
  readonly trouble: string | null;
}

export interface OpenMetricsOptions {
  readonly home: string;
  readonly migrationsFolder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Small beside what a thousand machines write, and small in memory. */
const cacheKib = 8000;
/** Blocks of an hour are nearly a kilobyte: of smaller pages a seventh stays empty. */
const pageBytes = 8192;
const mostLogPages = 4000;

/**
 * `metrics.db`, owned and of the schema that this code knows. A damaged file is moved aside and an empty one takes its
 * place: readings are no decisions, so there are no backups of them. Only the head is examined, because a year of
 * readings takes minutes to read through; damage further in shows when it is come upon. Of a newer schema or held by
 * another program: refused and not touched.
 */
export function openMetricsDatabase(options: OpenMetricsOptions): OpenedMetrics {
  const { home, now } = options;
  const migrations = readMigrations(options.migrationsFolder);
  const file = path.join(home, 'metrics.db');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  removeMatching(home, 'metrics.db.new-');
  if (!existsSync(file)) {
    const isOrphaned = existsSync(`${file}-wal`);
    if (isOrphaned) putAside(file, now);
    createDatabase(file, metricsId, migrations, pageBytes);
    const trouble = isOrphaned ? 'The metrics database was missing, its log was not; a new one was begun.' : null;
    return { db: openExisting(file, migrations), trouble };
  }
  const inHead = versionInHead(file, metricsId);
  if (inHead !== null) refuseNewer(inHead, migrations, file);
  const trouble = keepDamagedLog(file, 'metrics', now);
  try {
    return { db: openExisting(file, migrations), trouble };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return replaceDamagedMetrics(options, error);
  }
}

/** Puts an empty database where the closed, damaged one was. */
export function replaceDamagedMetrics(options: OpenMetricsOptions, error: unknown): OpenedMetrics {
  const migrations = readMigrations(options.migrationsFolder);
  const file = path.join(options.home, 'metrics.db');
  // They are large, and a failing disk damages one after the other: only the newest stays.
  removeMatching(options.home, 'metrics.db.damaged-');
  const aside = putAside(file, options.now);
  createDatabase(file, metricsId, migrations, pageBytes);
  const why = error instanceof Error ? error.message : String(error);
  const trouble = `The metrics database was damaged (${why}). It is kept as ${aside ?? 'nothing'}; readings begin anew.`;
  return { db: openExisting(file, migrations), trouble };
}

function openExisting(file: string, migrations: readonly Migration[]): Database {
  const db = openOwnedDatabase(file, (opened) => examineHead(opened, metricsId));
  try {
    refuseNewer(schemaVersion(db), migrations, file);
    db.pragma(`cache_size = -${cacheKib}`);
    // The log is brought into the file between ticks; this bounds it where nothing comes between them.
    db.pragma(`wal_autocheckpoint = ${mostLogPages}`);
    migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function removeMatching(home: string, start: string): void {
  for (const name of readdirSync(home)) if (name.startsWith(start)) rmSync(path.join(home, name), { force: true });
}
