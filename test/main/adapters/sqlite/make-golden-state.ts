import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrations } from '../../../../main/adapters/sqlite/migrations.ts';
import { createSqliteStateStore } from '../../../../main/adapters/sqlite/sqlite-state-store.ts';
import { goldenChanges } from './golden-changes.ts';

/**
 * Writes `test/fixtures/state/state-vN.db`, N being the newest schema: a file as this version leaves it behind. Run it
 * once when a migration is added and keep the file for good; older ones are never made again:
 *
 *     node test/main/adapters/sqlite/make-golden-state.ts
 */
const here = (below: string): string => fileURLToPath(new URL(`../../../../${below}`, import.meta.url));
const migrationsFolder = here('resources/migrations/state');
const home = mkdtempSync(path.join(tmpdir(), 'vigil-golden-'));
const store = createSqliteStateStore({ home, migrationsFolder, log: { write: () => {} } });
const version = readMigrations(migrationsFolder).length;
await store.commit(goldenChanges(version));
await store.close();
mkdirSync(here('test/fixtures/state'), { recursive: true });
renameSync(path.join(home, 'state.db'), here(`test/fixtures/state/state-v${version}.db`));
rmSync(home, { recursive: true });
