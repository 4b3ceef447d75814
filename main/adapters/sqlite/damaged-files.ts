import { copyFileSync, existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DamagedDatabase } from './database-file.ts';
import { syncFolderOf } from './durable-file.ts';
import { stampOf } from './stamp.ts';
import { troubleOf } from './storage-failure.ts';
import { isLogDamaged } from './write-ahead-log.ts';

/** What SQLite would drop from the log without a word is kept, and said. */
export function keepDamagedLog(file: string, what: 'state' | 'metrics', now: number): string | null {
  if (!isLogDamaged(`${file}-wal`)) return null;
  const aside = `${file}.damaged-${stampOf(now)}-wal`;
  copyFileSync(`${file}-wal`, aside);
  syncFolderOf(file);
  return `The log of the ${what} database was damaged; it is kept as ${path.basename(aside)}. The newest changes may be lost.`;
}

/** Moves a database away with the files SQLite put beside it. The name it got; null when there was no file. */
export function putAside(file: string, now: number): string | null {
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

export function isDamage(error: unknown): boolean {
  return error instanceof DamagedDatabase || troubleOf(error) === 'damaged';
}
