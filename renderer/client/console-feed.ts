import type { Connection } from '../../main/contract/connection.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import { createStore, type Store } from './store.ts';

export interface ConsoleLog {
  /** As it came from the machine: never to be shown without being cleaned. */
  readonly raw: string;
  /** The beginning of the log is not in `raw`. */
  readonly isCut: boolean;
  readonly isRead: boolean;
  readonly error: VigilError | null;
}

export interface ConsoleFeed extends Store<ConsoleLog> {
  /** Reads what is new; never rejects, and never two at a time. */
  poll(): Promise<void>;
}

/** Characters kept in the page. */
const mostKept = 262_144;

/** Follows the serial console of a machine from its end. */
export function createConsoleFeed(connection: Connection, machine: string): ConsoleFeed {
  const store = createStore<ConsoleLog>({ raw: '', isCut: false, isRead: false, error: null });
  let to: number | null = null;
  let isReading = false;

  async function read(): Promise<void> {
    const part = await connection.call('console.read', to === null ? { machine } : { machine, from: to });
    // A log that became shorter was begun anew.
    if (to !== null && part.size < to) {
      to = null;
      store.set({ raw: '', isCut: false, isRead: true, error: null });
      return read();
    }
    const before = store.get();
    const isFirst = to === null;
    to = part.to;
    if (!isFirst && part.text === '' && before.error === null) return;
    const raw = `${before.raw}${part.text}`;
    store.set({
      raw: raw.slice(-mostKept),
      isCut: before.isCut || raw.length > mostKept || (isFirst && part.from > 0),
      isRead: true,
      error: null,
    });
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    poll: async () => {
      if (isReading) return;
      isReading = true;
      try {
        await read();
      } catch (error) {
        store.set({ ...store.get(), error: errorOf(failureOf(error)) });
      } finally {
        isReading = false;
      }
    },
  };
}
