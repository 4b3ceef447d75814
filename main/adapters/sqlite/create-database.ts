import DatabaseConstructor from 'better-sqlite3';
import { claimNameDurably, makePrivateFile, removeDatabase } from './durable-file.ts';
import { type Migration, migrate } from './migrations.ts';

/** An empty database, made whole under another name first; one that is there already is left alone. */
export function createDatabase(
  file: string,
  applicationId: number,
  migrations: readonly Migration[],
  pageBytes = 4096,
): void {
  const partial = `${file}.new-${process.pid}`;
  removeDatabase(partial);
  makePrivateFile(partial);
  const db = new DatabaseConstructor(partial);
  try {
    db.pragma(`page_size = ${pageBytes}`);
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
