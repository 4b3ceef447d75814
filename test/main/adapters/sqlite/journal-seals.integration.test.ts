import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { StateChange } from '../../../../main/engine/ports/state-store.ts';
import { storeAt, temporaryHome } from './state-samples.ts';

const entry = (id: number): StateChange => ({
  kind: 'journal-appended',
  entry: {
    id,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'engine',
    action: 'healing.refused',
    summary: `No ${id}.`,
    details: {},
  },
});

/** A journal of five entries, written out of order as waiting ones are, then touched by another hand. */
async function touched(sql: readonly string[]) {
  const home = temporaryHome();
  const first = storeAt(home).store;
  await first.commit([entry(2), entry(1)]);
  await first.commit([entry(3), entry(4), entry(6)]);
  await first.close();
  const db = new Database(path.join(home, 'state.db'));
  for (const statement of sql) db.exec(statement);
  db.close();
  const { store } = storeAt(home);
  await store.open();
  return store.verifyJournal();
}

/** Whoever can write the file can take the triggers away first. */
const free = [
  'journal_keeps_entries',
  'journal_keeps_words',
  'journal_keeps_numbers',
  'journal_seals_stay',
  'journal_seals_keep',
].map((trigger) => `DROP TRIGGER ${trigger}`);

it('a journal that nobody touched is whole', async () => {
  expect(await touched([])).toEqual({
    entries: 5,
    brokenAt: null,
    summary: '5 entries of the journal are as they were written.',
  });
});

it.each([
  ['an entry is changed', [`UPDATE journal SET noun = replace(noun, 'No 3', 'No 9') WHERE id = 3`], 3],
  ['an entry is taken out', ['DELETE FROM journal WHERE id = 4'], 4],
  [
    'an entry and its seal are taken out',
    ['DELETE FROM journal WHERE id = 3', 'DELETE FROM journal_seals WHERE journal_id = 3'],
    4,
  ],
  [
    'the last entry and its seal are taken out',
    ['DELETE FROM journal WHERE id = 6', 'DELETE FROM journal_seals WHERE journal_id = 6'],
    5,
  ],
  ['an entry is put in', [`INSERT INTO journal (id, noun) SELECT 5, noun FROM journal WHERE id = 4`], 5],
  [
    'two entries change places',
    [
      'UPDATE journal SET id = -1 WHERE id = 3',
      'UPDATE journal SET id = 3 WHERE id = 4',
      'UPDATE journal SET id = 4 WHERE id = -1',
    ],
    3,
  ],
  ['a seal is changed', [`UPDATE journal_seals SET seal = 'x' WHERE journal_id = 1`], 1],
])('%s: it shows', async (_what, sql, brokenAt) => {
  expect(await touched([...free, ...sql])).toMatchObject({ brokenAt });
});
