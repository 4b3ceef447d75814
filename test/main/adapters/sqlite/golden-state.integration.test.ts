import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readMigrations } from '../../../../main/adapters/sqlite/migrations.ts';
import type { StateChange } from '../../../../main/engine/ports/state-store.ts';
import { goldenChanges } from './golden-changes.ts';
import { migrationsFolder, storeAt, temporaryHome } from './state-samples.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/state', import.meta.url));
const files = readdirSync(fixtures).sort();

it('there is a golden file of every schema (make-golden-state.ts makes the newest)', () => {
  expect(files).toEqual(readMigrations(migrationsFolder).map(({ version }) => `state-v${version}.db`));
});

const schemaOf = (file: string): number => Number(/\d+/.exec(file)?.[0]);

/** In the order in which the store hands them out. */
function byKind(changes: readonly StateChange[]): readonly StateChange[] {
  const kinds: readonly StateChange['kind'][] = [
    'machine-put',
    'operation-put',
    'journal-appended',
    'crash-put',
    'host-put',
    'snapshot-put',
    'healing-put',
    'healing-pause-put',
    'hook-approval-put',
    'hook-run-put',
    'episode-put',
    'alert-hold-put',
    'alert-mute-put',
    'delivery-put',
    'azure-machine-put',
    'azure-work-put',
  ];
  return changes.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

it.each(files)('%s opens with everything that was in it', async (file) => {
  const home = temporaryHome();
  copyFileSync(path.join(fixtures, file), path.join(home, 'state.db'));
  const { store } = storeAt(home);
  const stored = await store.open();
  const { machines, hosts, snapshots, operations, healing, healingPause, lastJournalId, restored } = stored;
  const runs = await store.readHookRuns({ machineId: machines[0]?.id, limit: 10 });
  const crashes = await store.readCrashes(machines[0]?.id ?? '', 10);
  const journal = (await store.readJournal({ limit: 10 })).toReversed();
  expect([
    ...machines.map((machine) => ({ kind: 'machine-put', machine })),
    ...operations.map((operation) => ({ kind: 'operation-put', operation })),
    ...journal.map((entry) => ({ kind: 'journal-appended', entry })),
    ...crashes.map((crash) => ({ kind: 'crash-put', crash })),
    ...hosts.map((host) => ({ kind: 'host-put', host })),
    ...snapshots.map((snapshot) => ({ kind: 'snapshot-put', snapshot })),
    ...healing.map((record) => ({ kind: 'healing-put', healing: record })),
    ...(healingPause === null ? [] : [{ kind: 'healing-pause-put', pause: healingPause }]),
    ...stored.hookApprovals.map((approval) => ({ kind: 'hook-approval-put', approval })),
    ...runs.map((run) => ({ kind: 'hook-run-put', run })),
    ...stored.episodes.map((episode) => ({ kind: 'episode-put', episode })),
    ...stored.alertHolds.map((hold) => ({ kind: 'alert-hold-put', hold })),
    ...stored.alertMutes.map((mute) => ({ kind: 'alert-mute-put', mute })),
    ...stored.deliveries.map((delivery) => ({ kind: 'delivery-put', delivery })),
    ...stored.azureMachines.map((machine) => ({ kind: 'azure-machine-put', machine })),
    ...stored.azureWorks.map((work) => ({ kind: 'azure-work-put', work })),
  ]).toEqual(byKind(goldenChanges(schemaOf(file))));
  expect([lastJournalId, restored]).toEqual([schemaOf(file) < 4 ? 42 : 43, null]);
  // Entries of a time without seals are no fault of the journal.
  expect(await store.verifyJournal()).toMatchObject({ brokenAt: null, entries: schemaOf(file) < 4 ? 0 : 3 });
});
