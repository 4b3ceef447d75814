import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { JournalVerification } from '../../contract/journal.ts';

/**
 * Seals on the journal: each is the hash of the one before and of the entry as it is stored, so that an entry that was
 * changed, taken out or put in by another hand no longer fits. Entries from before there were seals are not covered.
 */
export interface JournalSeals {
  /** In the transaction of the entry itself. */
  add(journalId: number, noun: string): void;
  verify(): JournalVerification;
}

interface Sealed {
  readonly sequence: number;
  readonly journal_id: number;
  readonly seal: string;
  readonly noun: string | null;
}

const beforeAll = '';

export function createJournalSeals(db: Database): JournalSeals {
  const lastSeal = db.prepare<[], string>('SELECT seal FROM journal_seals ORDER BY sequence DESC LIMIT 1').pluck();
  const insert = db.prepare<[number, string]>('INSERT INTO journal_seals (journal_id, seal) VALUES (?, ?)');
  const sealed = db.prepare<[], Sealed>(
    `SELECT sequence, journal_id, seal, noun FROM journal_seals LEFT JOIN journal ON journal.id = journal_id ORDER BY sequence`,
  );
  const given = db.prepare<[], number>(
    `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal_seals'`,
  );
  const unsealed = db.prepare<[number], number>(
    `SELECT min(id) FROM journal WHERE id > ? AND id NOT IN (SELECT journal_id FROM journal_seals)`,
  );
  const firstSealed = db.prepare<[], number | null>('SELECT min(journal_id) FROM journal_seals').pluck();

  const broken = (entries: number, id: number, how: string): JournalVerification => ({
    entries,
    brokenAt: id,
    summary: `The journal was changed by another hand: entry ${id} ${how}.`,
  });

  return {
    add: (journalId, noun) => {
      insert.run(journalId, sealOf(lastSeal.get() ?? beforeAll, journalId, noun));
    },
    verify: () => {
      let before = beforeAll;
      let entries = 0;
      let last = 0;
      for (const { sequence, journal_id: id, seal, noun } of sealed.iterate()) {
        entries += 1;
        if (noun === null) return broken(entries, id, 'is gone');
        if (sequence !== last + 1) return broken(entries, id, 'follows one that is gone');
        if (seal !== sealOf(before, id, noun)) return broken(entries, id, 'is not as it was written');
        before = seal;
        last = sequence;
      }
      const highest = given.pluck().get() ?? 0;
      if (highest !== last) return broken(entries, highest, 'or one near it, at the end, is gone');
      const strange = unsealed.pluck().get((firstSealed.get() ?? 0) - 1);
      if (typeof strange === 'number' && entries > 0) return broken(entries, strange, 'was put in');
      return { entries, brokenAt: null, summary: `${entries} entries of the journal are as they were written.` };
    },
  };
}

function sealOf(before: string, journalId: number, noun: string): string {
  return createHash('sha256').update(`${before}\n${journalId}\n${noun}`).digest('hex');
}
