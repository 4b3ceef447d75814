import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { readMigrations } from '../../../../main/adapters/sqlite/migrations.ts';
import type { HostRecord, StateChange, StoredState } from '../../../../main/engine/ports/state-store.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  appended,
  crashRecord,
  hostRecord,
  journalEntry,
  machinePut,
  machineRecord,
  migrationsFolder,
  operation,
  storeAt,
  temporaryHome,
} from './state-samples.ts';

const newest = readMigrations(migrationsFolder).length;
const dyingWorker = fileURLToPath(new URL('./dying-worker.ts', import.meta.url));

/** A database that was made just now. */
const nothingYet: StoredState = {
  machines: [],
  hosts: [],
  azureMachines: [],
  azureWorks: [],
  snapshots: [],
  operations: [],
  healing: [],
  healingPause: null,
  hookApprovals: [],
  episodes: [],
  alertHolds: [],
  alertMutes: [],
  deliveries: [],
  conversations: [],
  lastJournalId: 0,
  restored: null,
};

it('a thread that is started ahead opens nothing, serves the first use, and goes with the store', async () => {
  const home = temporaryHome();
  const unused = storeAt(home).store;
  unused.prepare();
  unused.prepare();
  await eventually('one thread', () => threads() === 1);
  await unused.close();
  unused.prepare();
  expect([threads(), readdirSync(home)]).toEqual([0, []]);

  const used = storeAt(home).store;
  used.prepare();
  expect(await used.open()).toEqual(nothingYet);
  used.prepare();
  expect(threads()).toBe(1);
  await used.close();
  expect(threads()).toBe(0);
});

/** How many there are beside this one. */
function threads(): number {
  return (process.report.getReport() as { readonly workers: readonly unknown[] }).workers.length;
}

it('what was committed is there after closing and opening again', async () => {
  const home = temporaryHome();
  const first = storeAt(home).store;
  expect(await first.open()).toEqual(nothingYet);
  await first.commit([machinePut('demo'), machinePut('gone'), appended(1, { machineId: 'id-of-demo' })]);
  await first.commit([
    machinePut('demo', { state: 'running', generation: 1, runtime: '{"pid":7}' }),
    { kind: 'machine-removed', id: 'id-of-gone' },
    { kind: 'operation-put', operation: operation('o-1', { state: 'running' }) },
    { kind: 'crash-put', crash: crashRecord('c-1') },
    appended(2),
  ]);
  await first.close();
  const second = storeAt(home).store;
  expect(await second.open()).toEqual({
    ...nothingYet,
    machines: [machineRecord('demo', { state: 'running', generation: 1, runtime: '{"pid":7}' })],
    operations: [operation('o-1', { state: 'running' })],
    lastJournalId: 2,
  });
  expect(await second.readJournal({ limit: 10 })).toEqual([
    journalEntry(2),
    journalEntry(1, { machineId: 'id-of-demo' }),
  ]);
  expect(await second.readCrashes('id-of-demo', 10)).toEqual([crashRecord('c-1')]);
});

it('hosts are there after closing and opening again, by name, changed and removed', async () => {
  const home = temporaryHome();
  const first = storeAt(home).store;
  const put = (name: string, over: Partial<HostRecord> = {}): StateChange => ({
    kind: 'host-put',
    host: hostRecord(name, over),
  });
  await first.commit([put('web'), put('api'), put('gone')]);
  await first.commit([put('web', { port: 2022, user: 'ops' }), { kind: 'host-removed', id: 'id-of-gone' }]);
  await first.close();
  const { hosts } = await storeAt(home).store.open();
  expect(hosts).toEqual([hostRecord('api'), hostRecord('web', { port: 2022, user: 'ops' })]);
});

it('the journal is read newest first, by machine, and from before an entry', async () => {
  const { store } = storeAt(temporaryHome());
  await store.commit([1, 2, 3, 4].map((id) => appended(id, { machineId: id % 2 === 0 ? 'even' : 'odd' })));
  await store.commit([appended(5, { machineId: 'odd', machine: 'demo' })]);
  const ids = async (query: Parameters<typeof store.readJournal>[0]) =>
    (await store.readJournal(query)).map((entry) => entry.id);
  expect([
    await ids({ limit: 2 }),
    await ids({ limit: 10, machineId: 'odd' }),
    await ids({ limit: 10, machineId: 'odd', before: 5 }),
    await ids({ limit: 10, before: 1 }),
    await ids({ limit: 10, machineName: 'demo' }),
  ]).toEqual([[5, 4], [5, 3, 1], [3, 1], [], [5]]);
});

it('a commit is all or nothing, and one that fails leaves those beside it alone', async () => {
  const { store } = storeAt(temporaryHome());
  await store.commit([appended(1)]);
  const outcomes = await Promise.allSettled([
    store.commit([machinePut('before'), appended(2)]),
    store.commit([machinePut('half'), appended(1, { summary: 'another story' })]),
    store.commit([machinePut('after'), appended(3)]),
  ]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'conflict' } });
  await store.close();
});

it('what a failing call put beside good ones is not there afterwards', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([appended(1)]);
  await Promise.allSettled([
    store.commit([machinePut('before')]),
    store.commit([machinePut('half'), appended(1, { summary: 'another story' })]),
    store.commit([machinePut('after')]),
  ]);
  await store.close();
  const { machines } = await storeAt(home).store.open();
  expect(machines.map((machine) => machine.name)).toEqual(['after', 'before']);
});

it('the same journal entry sent again is accepted: its answer may have been lost', async () => {
  const { store } = storeAt(temporaryHome());
  await store.commit([appended(1)]);
  await store.commit([appended(1), appended(2)]);
  expect((await store.readJournal({ limit: 10 })).map((entry) => entry.id)).toEqual([2, 1]);
});

it('only the unfinished operations and the newest 200 others come back', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  await store.commit([
    { kind: 'operation-put', operation: operation('old-but-running', { state: 'running', startedAt: at(0) }) },
    ...Array.from({ length: 250 }, (_, index) => ({
      kind: 'operation-put' as const,
      operation: operation(`o-${index}`, { startedAt: at(index + 1) }),
    })),
  ]);
  await store.close();
  const { operations } = await storeAt(home).store.open();
  expect([operations.length, operations[0]?.id, operations[1]?.id, operations.at(-1)?.id]).toEqual([
    201,
    'old-but-running',
    'o-249',
    'o-50',
  ]);
});

it.each([
  ["UPDATE journal SET noun = '{}'"],
  ['DELETE FROM journal'],
  [`INSERT OR REPLACE INTO journal (id, noun) VALUES (1, '{"id":1}')`],
])('the journal itself refuses %s', async (sql) => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([appended(1)]);
  await store.close();
  const db = new Database(path.join(home, 'state.db'));
  expect(() => db.exec(sql)).toThrow('append-only');
  // Negative control: the same words on a table without the guard are obeyed.
  expect(() => db.exec(sql.replaceAll('journal', 'crashes').replace('VALUES (1,', "VALUES ('1',"))).not.toThrow();
  db.close();
});

it('every file is ours alone', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([appended(1)]);
  await store.backup();
  const modes = readdirSync(home, { recursive: true, withFileTypes: true }).map(
    (entry) => `${entry.name} ${(statSync(path.join(entry.parentPath, entry.name)).mode & 0o777).toString(8)}`,
  );
  expect(modes.map((mode) => mode.replace(/state-\S+/, 'state-STAMP.db')).sort()).toEqual([
    'backups 700',
    'reserve 600',
    'state-STAMP.db 600',
    'state.db 600',
    'state.db-wal 600',
  ]);
});

it('a second store at the same home is refused with a conflict, and the first one goes on', async () => {
  const home = temporaryHome();
  const first = storeAt(home).store;
  await first.commit([appended(1)]);
  await expect(storeAt(home).store.open()).rejects.toMatchObject({ code: 'conflict' });
  await first.commit([appended(2)]);
  await first.close();
  expect((await storeAt(home).store.open()).lastJournalId).toBe(2);
});

it('a thread that dies fails what was asked of it; the next use starts it again with everything that was acknowledged', async () => {
  const home = temporaryHome();
  const { store, log } = storeAt(home, { workerPath: dyingWorker });
  await store.open();
  await store.commit([appended(1)]);
  const answers = await Promise.allSettled([store.commit([machinePut('die-now')]), store.readJournal({ limit: 1 })]);
  expect(answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'answered'))).toEqual([
    'internal',
    'internal',
  ]);
  await store.commit([appended(2)]);
  expect((await store.readJournal({ limit: 10 })).map((entry) => entry.id)).toEqual([2, 1]);
  expect(log.lines.some((line) => JSON.stringify(line).includes('started again'))).toBe(true);
});

it('a closed store refuses', async () => {
  const { store } = storeAt(temporaryHome());
  await store.open();
  await store.close();
  await expect(store.commit([appended(1)])).rejects.toMatchObject({ code: 'refused' });
});

it('a file of a newer schema is refused and not touched', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([appended(1)]);
  await store.close();
  const file = path.join(home, 'state.db');
  const db = new Database(file);
  db.pragma('user_version = 99');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const before = readFileSync(file);
  const names = readdirSync(home).sort();
  await expect(storeAt(home).store.open()).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('newer Vigil (schema 99'),
  });
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(home).sort()).toEqual(names);
});

it('an older schema is migrated with its rows, after a copy of it was put among the backups', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([machinePut('demo'), appended(1)]);
  await store.close();
  const migrations = oneStepMore(home, 'ALTER TABLE machines ADD COLUMN extra TEXT;');
  const later = storeAt(home, { migrations }).store;
  expect((await later.open()).machines.map((machine) => machine.name)).toEqual(['demo']);
  await later.close();
  const [backup] = readdirSync(path.join(home, 'backups'));
  const copy = new Database(path.join(home, 'backups', backup ?? ''));
  expect([
    copy.pragma('user_version', { simple: true }),
    copy.prepare('SELECT count(*) FROM journal').pluck().get(),
  ]).toEqual([newest, 1]);
  copy.close();
});

it('a migration that fails half-way leaves the old schema and every row', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([appended(1)]);
  await store.close();
  const migrations = oneStepMore(home, 'CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);');
  await expect(storeAt(home, { migrations }).store.open()).rejects.toMatchObject({ code: 'internal' });
  const again = storeAt(home).store;
  expect((await again.open()).lastJournalId).toBe(1);
  await again.close();
  const db = new Database(path.join(home, 'state.db'));
  expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
  db.close();
});

function oneStepMore(home: string, sql: string): string {
  const folder = path.join(home, 'migrations');
  cpSync(migrationsFolder, folder, { recursive: true });
  writeFileSync(path.join(folder, `${String(newest + 1).padStart(4, '0')}-later.sql`), sql);
  return folder;
}

it('of each machine the last hundred runs of its hooks are kept, and come newest first', async () => {
  const { store } = storeAt(temporaryHome());
  const run = (index: number, machineId = 'm-1'): StateChange => ({
    kind: 'hook-run-put',
    run: {
      id: `${machineId}-${index}`,
      machineId,
      machine: 'demo',
      event: 'on_start',
      path: '/home/dev/hook.sh',
      at: new Date(1_767_225_600_000 + index * 1000).toISOString(),
      outcome: 'done',
      summary: 'It ran.',
      exitCode: 0,
      signal: null,
      durationMs: 5,
      survivors: 0,
      stdout: '',
      stderr: '',
      isTest: false,
      events: 1,
      cause: null,
      environment: {},
    },
  });
  await store.commit([...Array.from({ length: 105 }, (_, index) => run(index)), run(7, 'm-2')]);
  const kept = await store.readHookRuns({ machineId: 'm-1', limit: 1000 });
  expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([100, 'm-1-104', 'm-1-5']);
  expect((await store.readHookRuns({ limit: 2 })).map(({ id }) => id)).toEqual(['m-1-104', 'm-1-103']);
  expect((await store.readHookRun('m-2-7'))?.machineId).toBe('m-2');
  expect(await store.readHookRun('m-1-0')).toBeNull();
  await store.close();
});
