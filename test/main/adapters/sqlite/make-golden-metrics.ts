import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrations } from '../../../../main/adapters/sqlite/migrations.ts';
import { createSqliteMetricsStore } from '../../../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { goldenSamples } from './golden-samples.ts';

/**
 * Writes `test/fixtures/metrics/metrics-vN.db`, N being the newest schema: a file as this version leaves it behind. Run it
 * once when a migration is added and keep the file for good; older ones are never made again:
 *
 *     node test/main/adapters/sqlite/make-golden-metrics.ts
 */
const here = (below: string): string => fileURLToPath(new URL(`../../../../${below}`, import.meta.url));
const migrationsFolder = here('resources/migrations/metrics');
const home = mkdtempSync(path.join(tmpdir(), 'vigil-golden-'));
const store = createSqliteMetricsStore({ home, migrationsFolder, log: { write: () => {} } });
const version = readMigrations(migrationsFolder).length;
const moments = [...new Set(goldenSamples.map(({ atMs }) => atMs))];
for (const moment of moments) await store.append(goldenSamples.filter(({ atMs }) => atMs === moment));
await store.close();
mkdirSync(here('test/fixtures/metrics'), { recursive: true });
renameSync(path.join(home, 'metrics.db'), here(`test/fixtures/metrics/metrics-v${version}.db`));
rmSync(home, { recursive: true });
