import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { appended, machinePut, storeAt, temporaryHome } from './state-samples.ts';

/** Two entries are in the backup, a third came after it. */
async function homeWithBackup(): Promise<string> {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([machinePut('demo'), appended(1), appended(2)]);
  await store.backup();
  await store.commit([appended(3)]);
  await store.close();
  return home;
}

const stateFile = (home: string): string => path.join(home, 'state.db');
const keptAside = (home: string): string[] => readdirSync(home).filter((name) => name.startsWith('state.db.damaged-'));

function overwrite(file: string, at: number, bytes: Buffer): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

const damages: readonly (readonly [string, (file: string) => void])[] = [
  ['was emptied', (file) => truncateSync(file, 0)],
  ['was cut in the middle', (file) => truncateSync(file, 10_000)],
  ['was cut in its head', (file) => truncateSync(file, 50)],
  ['begins with something else', (file) => overwrite(file, 0, Buffer.from('not a database at all'))],
  ['was overwritten with zeros', (file) => overwrite(file, 4096, Buffer.alloc(8192))],
  ['became another program’s file', (file) => overwrite(file, 68, Buffer.from([1, 2, 3, 4]))],
  ['is a text', (file) => writeFileSync(file, 'x'.repeat(20_000))],
];

it.each(damages)(
  'a state file that %s is kept aside, the backup takes its place, and that is said',
  async (_, damage) => {
    const home = await homeWithBackup();
    damage(stateFile(home));
    const damaged = readFileSync(stateFile(home));
    const { store } = storeAt(home);
    const stored = await store.open();
    expect(stored).toMatchObject({
      lastJournalId: 2,
      restored: expect.stringMatching(/was damaged.*The backup of 20/),
    });
    expect(stored.machines.map((machine) => machine.name)).toEqual(['demo']);
    const [aside] = keptAside(home);
    expect(stored.restored).toContain(aside);
    expect(readFileSync(path.join(home, aside ?? '')).length).toBe(damaged.length);
    await store.commit([appended(3)]);
    await store.close();
    expect(await storeAt(home).store.open()).toMatchObject({ lastJournalId: 3, restored: null });
  },
);

it.each(damages)(
  'without a backup, a state file that %s is kept aside and the empty start is said',
  async (_, damage) => {
    const home = await homeWithBackup();
    rmSync(path.join(home, 'backups'), { recursive: true });
    damage(stateFile(home));
    const stored = await storeAt(home).store.open();
    expect(stored).toMatchObject({ lastJournalId: 0, restored: expect.stringContaining('no good backup') });
    expect(keptAside(home)).toHaveLength(1);
  },
);

it('a backup that is damaged too is passed over for an older one', async () => {
  const home = await homeWithBackup();
  const { store } = storeAt(home);
  const newest = await store.backup();
  await store.close();
  overwrite(newest, 0, Buffer.alloc(200));
  truncateSync(stateFile(home), 0);
  expect(await storeAt(home).store.open()).toMatchObject({ lastJournalId: 2 });
});

it('a state file that vanished is replaced by the backup, and that is said', async () => {
  const home = await homeWithBackup();
  rmSync(stateFile(home));
  expect(await storeAt(home).store.open()).toMatchObject({
    lastJournalId: 2,
    restored: expect.stringContaining('was missing'),
  });
});

it('a damaged log is kept and said, so that what it held does not vanish without a word', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  for (let id = 1; id <= 5; id += 1) await store.commit([appended(id)]);
  const log = readFileSync(`${stateFile(home)}-wal`);
  const copy = temporaryHome();
  writeFileSync(stateFile(copy), readFileSync(stateFile(home)));
  log.writeUInt8((log.readUInt8(5000) ^ 0xff) & 0xff, 5000);
  writeFileSync(`${stateFile(copy)}-wal`, log);
  const stored = await storeAt(copy).store.open();
  expect(stored).toMatchObject({ restored: expect.stringContaining('newest changes may be lost') });
  expect(keptAside(copy)).toHaveLength(1);
});

it('the torn end that a kill leaves in the log is no damage', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  await store.commit([appended(1)]);
  await store.commit([appended(2)]);
  const copy = temporaryHome();
  writeFileSync(stateFile(copy), readFileSync(stateFile(home)));
  const log = readFileSync(`${stateFile(home)}-wal`);
  writeFileSync(`${stateFile(copy)}-wal`, log.subarray(0, log.length - 1000));
  expect(await storeAt(copy).store.open()).toMatchObject({ lastJournalId: 1, restored: null });
});

it('five backups are kept, each of which can be opened', async () => {
  const home = temporaryHome();
  const { store } = storeAt(home);
  for (let id = 1; id <= 7; id += 1) {
    await store.commit([appended(id)]);
    expect(existsSync(await store.backup())).toBe(true);
  }
  expect(readdirSync(path.join(home, 'backups')).filter((name) => name.endsWith('.db'))).toHaveLength(5);
});
