import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readMigrations } from '../../../../main/adapters/sqlite/migrations.ts';
import { goldenChanges } from './golden-changes.ts';
import { migrationsFolder, storeAt, temporaryHome } from './state-samples.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/state', import.meta.url));
const files = readdirSync(fixtures).sort();

it('there is a golden file of every schema (make-golden-state.ts makes the newest)', () => {
  expect(files).toEqual(readMigrations(migrationsFolder).map(({ version }) => `state-v${version}.db`));
});

it.each(files)('%s opens with everything that was in it', async (file) => {
  const home = temporaryHome();
  copyFileSync(path.join(fixtures, file), path.join(home, 'state.db'));
  const { store } = storeAt(home);
  const { machines, hosts, snapshots, operations, lastJournalId, restored } = await store.open();
  const crashes = await store.readCrashes(machines[0]?.id ?? '', 10);
  const journal = (await store.readJournal({ limit: 10 })).toReversed();
  expect([
    ...machines.map((machine) => ({ kind: 'machine-put', machine })),
    ...operations.map((operation) => ({ kind: 'operation-put', operation })),
    ...journal.map((entry) => ({ kind: 'journal-appended', entry })),
    ...crashes.map((crash) => ({ kind: 'crash-put', crash })),
    ...hosts.map((host) => ({ kind: 'host-put', host })),
    ...snapshots.map((snapshot) => ({ kind: 'snapshot-put', snapshot })),
  ]).toEqual(goldenChanges(Number(/\d+/.exec(file)?.[0])));
  expect([lastJournalId, restored]).toEqual([42, null]);
});
