import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { VigilError } from '../../contract/failure.ts';

/** One numbered step of the schema. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The steps in a folder, `0001-what-it-does.sql` and on, without a gap. A folder that breaks this is a fault of the build. */
export function readMigrations(folder: string): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({
      version: Number(/^(\d{4})-/.exec(name)?.[1]),
      name,
      sql: readFileSync(path.join(folder, name), 'utf8'),
    }));
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1)
      throw new Error(`${migration.name} in ${folder} is not migration ${index + 1}`);
  }
  if (migrations.length === 0) throw new Error(`there are no migrations in ${folder}`);
  return migrations;
}

/** Each step in one transaction with its number: a crash leaves the old schema or the new one. */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  for (const migration of migrations.slice(schemaVersion(db))) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.version}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}

export function schemaVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** A file of a newer schema is refused before anything touches it. */
export function refuseNewer(version: number, migrations: readonly Migration[], file: string): void {
  if (version <= migrations.length) return;
  throw new VigilError(
    'refused',
    `${file} was written by a newer Vigil (schema ${version}; this one knows ${migrations.length}). Nothing was touched.`,
    { hint: 'Start the newer Vigil, or give this one another --home.' },
  );
}
