import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createSqliteStateStore } from '../../../../main/adapters/sqlite/sqlite-state-store.ts';
import type { JournalEntry } from '../../../../main/contract/journal.ts';
import type { MachineRecord } from '../../../../main/engine/ports/state-store.ts';
import type { FoundState } from './kill-writer.ts';

/**
 * A writer to be killed. Says in its first line what it found, which is what the one before it left. Then commits for ever, several at once, and prints the number of each: once it is acknowledged
 * (`after`), or, as the control that must go red, while it is only asked for (`before`). One commit is a journal entry
 * and a machine that carries the same number, so that a torn one shows.
 */
const [home = '', migrationsFolder = '', order = 'after'] = process.argv.slice(2);
const atOnce = 4;

const store = createSqliteStateStore({ home, migrationsFolder, log: { write: () => {} } });
const { lastJournalId, machines, restored } = await store.open();
// Before anything is said: whoever hears us may kill us. The next one need not compile what this one did.
flushCompileCache();
const entries = (await store.readJournal({ limit: 1_000_000 })).map(({ id }) => id);
const found: FoundState = { entries, generations: machines.map(({ generation }) => generation), restored };
writeSync(1, `${JSON.stringify(found)}\n`);
let next = lastJournalId + 1;
// Through the descriptor at once: what is acknowledged must not wait in a buffer that dies with us.
function acknowledge(id: number): void {
  for (;;) {
    try {
      writeSync(1, `${id}\n`);
      return;
    } catch (error) {
      // Whoever listens is behind.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

async function commitForEver(): Promise<never> {
  for (;;) {
    const id = next++;
    if (order === 'before') acknowledge(id);
    await store.commit([
      { kind: 'machine-put', machine: machine(id) },
      { kind: 'journal-appended', entry: entry(id) },
    ]);
    if (order === 'after') acknowledge(id);
  }
}

function entry(id: number): JournalEntry {
  const at = '2026-01-01T00:00:00.000Z';
  return { id, at, actor: 'engine', action: 'machine.started', summary: 'x'.repeat(id % 700), details: {} };
}

function machine(generation: number): MachineRecord {
  return {
    id: `machine-${generation}`,
    name: `m-${generation}`,
    provider: 'qemu',
    config: { cpus: 1, memoryMib: 64, diskMib: 16, forwards: [], tags: [] },
    wanted: 'running',
    state: 'running',
    generation,
    runtime: null,
    notice: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    stoppedAt: null,
  };
}

await Promise.all(Array.from({ length: atOnce }, commitForEver));
