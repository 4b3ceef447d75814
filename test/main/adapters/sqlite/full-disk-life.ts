import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSqliteStateStore } from '../../../../main/adapters/sqlite/sqlite-state-store.ts';
import { failureOf } from '../../../../main/contract/failure.ts';
import type { StateChange } from '../../../../main/engine/ports/state-store.ts';

/**
 * One life of a store on a disk that fills up and is emptied again; prints what it saw as JSON. Runs alone on a small
 * file system of its own.
 */
const [home = '', migrationsFolder = ''] = process.argv.slice(2);
const ballast = path.join(home, 'ballast');
const reserve = path.join(home, 'reserve');
const options = { home, migrationsFolder, log: { write: () => {} } };

let store = createSqliteStateStore(options);
const acknowledged: number[] = [];
let next = 1;

/** True when it was acknowledged. */
async function commitOne(): Promise<unknown> {
  const id = next++;
  const entry = {
    id,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'engine',
    action: 'machine.started',
    details: {},
  } as const;
  const change: StateChange = { kind: 'journal-appended', entry: { ...entry, summary: 'x'.repeat(30_000) } };
  try {
    await store.commit([change]);
    acknowledged.push(id);
    return null;
  } catch (error) {
    return failureOf(error);
  }
}

function fillDisk(): void {
  // Halves until not even a byte fits.
  for (let bytes = 4 * 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    for (;;) {
      try {
        writeFileSync(ballast, Buffer.alloc(bytes, 1), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

await store.open();
await commitOne();
const hadReserve = existsSync(reserve);
fillDisk();
const firstOnFullDisk = await commitOne();
const reserveWhileFull = existsSync(reserve);
let refusal: unknown = null;
let onReserve = 1;
for (; refusal === null && onReserve < 10_000; onReserve += 1) {
  refusal = await commitOne();
}
const stillRefused = await commitOne();
const readable = (await store.readJournal({ limit: 100_000 })).map((entry) => entry.id).sort((a, b) => a - b);
const beforeRecovery = [...acknowledged];
await store.close();
store = createSqliteStateStore(options);
const openedWhileFull = (await store.open()).lastJournalId;
rmSync(ballast);
const afterRoom = await commitOne();
const reserveAfterRoom = existsSync(reserve);
await store.close();

const again = createSqliteStateStore(options);
const { restored } = await again.open();
const found = (await again.readJournal({ limit: 100_000 })).map((entry) => entry.id).sort((a, b) => a - b);
await again.close();
process.stdout.write(
  JSON.stringify({
    hadReserve,
    firstOnFullDisk,
    reserveWhileFull,
    onReserve,
    refusal,
    stillRefused,
    readable,
    beforeRecovery,
    openedWhileFull,
    afterRoom,
    reserveAfterRoom,
    restored,
    acknowledged,
    found,
  }),
);
