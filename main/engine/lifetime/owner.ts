import type { Log } from '../ports/log.ts';

/**
 * Whatever starts something hands its stop to an owner; the owner ends all of it, last started first.
 * A test counts what is still open.
 */
export interface Owner {
  readonly open: readonly string[];
  /** Takes charge of something that runs. The result ends just that one, once. */
  own(name: string, stop: () => void | Promise<void>): () => Promise<void>;
  /** Ends everything; one that fails does not keep the others. */
  stopAll(): Promise<void>;
}

export function createOwner(log: Log): Owner {
  const owned: { readonly name: string; readonly stop: () => void | Promise<void> }[] = [];
  const end = async (item: (typeof owned)[number]): Promise<void> => {
    const index = owned.indexOf(item);
    if (index < 0) return;
    owned.splice(index, 1);
    try {
      await item.stop();
    } catch (error) {
      log.write('error', 'lifetime', `${item.name} did not stop cleanly`, { error });
    }
  };
  return {
    get open() {
      return owned.map((item) => item.name);
    },
    own: (name, stop) => {
      const item = { name, stop };
      owned.push(item);
      return () => end(item);
    },
    stopAll: async () => {
      for (let item = owned.at(-1); item !== undefined; item = owned.at(-1)) await end(item);
    },
  };
}
