import type { Connection } from '../../main/contract/connection.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { JournalEntry } from '../../main/contract/journal.ts';
import { createStore, type Store } from './store.ts';

export interface Journal {
  /** Newest first, without gaps down to the oldest one shown. */
  readonly entries: readonly JournalEntry[];
  readonly isRead: boolean;
  readonly isReading: boolean;
  readonly hasOlder: boolean;
  readonly error: VigilError | null;
}

export interface JournalFeed extends Store<Journal> {
  loadOlder(): Promise<void>;
  /** Reads the newest page anew. */
  refresh(): Promise<void>;
  stop(): void;
}

const pageSize = 50;
/** A window that is left open for weeks must not collect the whole journal. */
const mostEntries = 2000;

/** The journal of one machine (its id), or of the fleet, kept up to date and extended downwards on request. */
export function createJournalFeed(connection: Connection, machineId?: string): JournalFeed {
  const store = createStore<Journal>({ entries: [], isRead: false, isReading: false, hasOlder: false, error: null });
  let stopped = false;
  let reading = 0;

  function take(more: readonly JournalEntry[]): void {
    const merged = new Map([...store.get().entries, ...more].map((entry) => [entry.id, entry]));
    const entries = [...merged.values()].sort((a, b) => b.id - a.id).slice(0, mostEntries);
    store.set({ ...store.get(), entries });
  }

  const undo = [
    connection.subscribe('journal.appended', (entry) => {
      if (machineId === undefined || entry.machineId === machineId) take([entry]);
    }),
    connection.subscribe('engine.connected', () => void refresh()),
  ];

  async function read(before: number | undefined): Promise<void> {
    reading += 1;
    const own = reading;
    store.set({ ...store.get(), isReading: true });
    try {
      const page = await connection.call('journal.list', {
        limit: pageSize,
        ...(machineId === undefined ? {} : { machine: machineId }),
        ...(before === undefined ? {} : { before }),
      });
      if (stopped || own !== reading) return;
      const joins = before !== undefined || page.some(({ id }) => store.get().entries.some((entry) => entry.id === id));
      // After a long gap the newest page may not reach down to what is shown: what is shown then starts over.
      if (!joins && store.get().isRead && page.length === pageSize) store.set({ ...store.get(), entries: [] });
      take(page);
      store.set({ ...store.get(), isRead: true, isReading: false, hasOlder: page.length === pageSize, error: null });
    } catch (error) {
      if (stopped || own !== reading) return;
      store.set({ ...store.get(), isReading: false, error: errorOf(failureOf(error)) });
    }
  }

  function refresh(): Promise<void> {
    return read(undefined);
  }

  void refresh();
  return {
    get: store.get,
    subscribe: store.subscribe,
    refresh,
    loadOlder: async () => {
      const { entries, hasOlder, isReading } = store.get();
      const oldest = entries.at(-1);
      if (hasOlder && !isReading && oldest !== undefined) await read(oldest.id);
    },
    stop: () => {
      stopped = true;
      for (const each of undo) each();
    },
  };
}
