import type { JournalEntry } from '../../contract/journal.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Ledger } from './ledger.ts';

const pageEntries = 1000;
/** More than a machine that is restarted every minute writes in a month. */
const mostPages = 200;

/** Every entry about one machine since a moment (wall-clock milliseconds), oldest first. */
export async function readStorySince(
  store: Pick<StateStore, 'readJournal'>,
  ledger: Pick<Ledger, 'flush'>,
  machineId: string,
  since: number,
): Promise<readonly JournalEntry[]> {
  await ledger.flush();
  const found: JournalEntry[] = [];
  let before: number | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const entries = await store.readJournal({
      machineId,
      limit: pageEntries,
      ...(before === undefined ? {} : { before }),
    });
    const recent = entries.filter(({ at }) => Date.parse(at) >= since);
    found.push(...recent);
    before = entries.at(-1)?.id;
    if (entries.length < pageEntries || recent.length < entries.length) break;
  }
  return found.reverse();
}
