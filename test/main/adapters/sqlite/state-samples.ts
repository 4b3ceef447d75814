import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { createSqliteStateStore, type SqliteStateStore } from '../../../../main/adapters/sqlite/sqlite-state-store.ts';
import type { CrashRecord } from '../../../../main/contract/crash-record.ts';
import type { JournalEntry } from '../../../../main/contract/journal.ts';
import type { Operation } from '../../../../main/contract/operation.ts';
import type { HostRecord, MachineRecord, StateChange } from '../../../../main/engine/ports/state-store.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';

export const migrationsFolder = fileURLToPath(new URL('../../../../resources/migrations/state', import.meta.url));

/** A data home of its own, gone after the test. */
export function temporaryHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-state-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

export interface StoreUnderTest {
  readonly store: SqliteStateStore;
  readonly log: RecordingLog;
}

/** The real store with its real worker; closed after the test. */
export function storeAt(home: string, options: { migrations?: string; workerPath?: string } = {}): StoreUnderTest {
  const log = new RecordingLog();
  const store = createSqliteStateStore({
    home,
    migrationsFolder: options.migrations ?? migrationsFolder,
    log,
    ...(options.workerPath === undefined ? {} : { workerPath: options.workerPath }),
  });
  onTestFinished(() => store.close());
  return { store, log };
}

export function machineRecord(name: string, over: Partial<MachineRecord> = {}): MachineRecord {
  return {
    id: `id-of-${name}`,
    name,
    provider: 'qemu',
    config: { cpus: 2, memoryMib: 64, diskMib: 16, forwards: [{ host: 2222, guest: 22 }], tags: ['a'] },
    wanted: 'stopped',
    state: 'stopped',
    generation: 0,
    runtime: null,
    notice: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    stoppedAt: null,
    ...over,
  };
}

export function hostRecord(name: string, over: Partial<HostRecord> = {}): HostRecord {
  return {
    id: `id-of-${name}`,
    name,
    address: `${name}.example`,
    port: 22,
    user: null,
    keyFile: null,
    trustOnFirstUse: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...over,
  };
}

export function journalEntry(id: number, over: Partial<JournalEntry> = {}): JournalEntry {
  return {
    id,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'engine',
    action: 'machine.started',
    summary: `entry ${id}`,
    details: { pid: id },
    ...over,
  };
}

export function operation(id: string, over: Partial<Operation> = {}): Operation {
  return {
    id,
    machine: 'demo',
    machineId: 'id-of-demo',
    kind: 'start',
    state: 'done',
    progress: null,
    step: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    cancellable: false,
    ...over,
  };
}

export function crashRecord(id: string, over: Partial<CrashRecord> = {}): CrashRecord {
  return {
    id,
    machineId: 'id-of-demo',
    at: '2026-01-01T00:00:00.000Z',
    kind: 'killed',
    summary: 'killed by signal 9',
    consoleTail: '',
    events: '[]',
    ...over,
  };
}

export const appended = (id: number, over: Partial<JournalEntry> = {}): StateChange => ({
  kind: 'journal-appended',
  entry: journalEntry(id, over),
});

export const machinePut = (name: string, over: Partial<MachineRecord> = {}): StateChange => ({
  kind: 'machine-put',
  machine: machineRecord(name, over),
});
