import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import DatabaseConstructor, { type Database } from 'better-sqlite3';
import { createMetricsRows, type MetricsRows } from '../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../main/adapters/sqlite/open-metrics-database.ts';
import { sampleMetrics } from '../../../main/contract/sample.ts';
import type { StoredSample } from '../../../main/engine/ports/metrics-store.ts';
import { root } from '../../../scripts/project.mjs';

/** Something that keeps rounds of readings, each on the disk when it returns. */
export interface RoundStore {
  append(samples: readonly StoredSample[]): void;
  close(): void;
}

export interface OwnStore extends RoundStore {
  readonly rows: MetricsRows;
  /** The round itself, on the disk when it returns. */
  acknowledge(samples: readonly StoredSample[]): void;
  /** What follows it. */
  tidy(): void;
  /** Of the file, its log brought in. */
  bytes(): number;
}

/** The product's own, in this thread; what follows a round (folding, hours, days, the log brought in) is part of it. */
export function ownStore(): OwnStore {
  const home = mkdtempSync(path.join(tmpdir(), 'vgb-own-'));
  const migrationsFolder = path.join(root, 'resources', 'migrations', 'metrics');
  const { db } = openMetricsDatabase({ home, migrationsFolder, now: 0 });
  const rows = createMetricsRows(db, (sentence) => console.error(sentence));
  const acknowledge = (samples: readonly StoredSample[]): void => void rows.append(samples);
  const tidy = (): void => {
    while (rows.tidy());
  };
  return {
    rows,
    acknowledge,
    tidy,
    append: (samples) => {
      acknowledge(samples);
      tidy();
    },
    bytes: () => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      return statSync(path.join(home, 'metrics.db')).size;
    },
    close: () => {
      db.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const values = sampleMetrics.map((_, index) => `v${index}`);
const marks = sampleMetrics.map(() => '?').join(', ');

export interface RowStore extends RoundStore {
  readonly db: Database;
}

/** One row after another with no key but their order: the least that SQLite can do. */
export function appendOnlyRows(): RowStore {
  return rowStore(
    `CREATE TABLE rows (machine INTEGER, at INTEGER, ${values.map((name) => `${name} REAL`).join(', ')})`,
  );
}

/** Rows in the order of their machine and moment. */
export function leanRows(): RowStore {
  return rowStore(
    `CREATE TABLE rows (machine INTEGER, at INTEGER, ${values.map((name) => `${name} REAL`).join(', ')}, PRIMARY KEY (machine, at)) WITHOUT ROWID`,
  );
}

/** The table and the indexes that monitors of this kind usually have. */
export function seedRows(): RowStore {
  return rowStore(
    `CREATE TABLE rows (id INTEGER PRIMARY KEY AUTOINCREMENT, machine TEXT NOT NULL, at TEXT NOT NULL,
       ${values.map((name) => `${name} REAL`).join(', ')}, success INTEGER DEFAULT 1, error TEXT,
       aggregation_level TEXT DEFAULT 'raw', created_at TEXT DEFAULT CURRENT_TIMESTAMP);
     CREATE INDEX idx_vm_timestamp ON rows (machine, at);
     CREATE INDEX idx_timestamp ON rows (at);
     CREATE INDEX idx_aggregation ON rows (aggregation_level, at)`,
    true,
  );
}

function rowStore(schema: string, areTexts = false): RowStore {
  const folder = mkdtempSync(path.join(tmpdir(), 'vgb-rows-'));
  const db = new DatabaseConstructor(path.join(folder, 'rows.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(schema);
  const insert = db.prepare(`INSERT INTO rows (machine, at, ${values.join(', ')}) VALUES (?, ?, ${marks})`);
  const append = db.transaction((samples: readonly StoredSample[]) => {
    for (const [index, sample] of samples.entries()) {
      const { atMs, machineId } = sample;
      const key = areTexts ? [machineId, new Date(atMs).toISOString()] : [index, atMs];
      insert.run([...key, ...sampleMetrics.map((metric) => sample[metric])]);
    }
  });
  return {
    db,
    append: (samples) => append.immediate(samples),
    close: () => {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
