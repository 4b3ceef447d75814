import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';

export interface FolderWatchOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Which names matter. */
  concerns(name: string): boolean;
  /** Something happened to this name; null: it is not known to which, look at all. Called once things are quiet. */
  changed(name: string | null): void;
}

/** Editors write in several steps. */
const quietMs = 100;
const againMs = 5000;

/**
 * Follows a folder. Says that something may have changed, never what: the listener looks for itself. A folder that
 * cannot be followed now is tried again. The result ends it; nothing is said afterwards.
 */
export function watchFolder(options: FolderWatchOptions): () => void {
  const { folder, clock, log } = options;
  const quiet = new Map<string | null, () => void>();
  let watcher: FSWatcher | null = null;
  let cancelAgain: (() => void) | null = null;
  let stopped = false;

  const stir = (name: string | null): void => {
    if (name !== null && !options.concerns(name)) return;
    quiet.get(name)?.();
    quiet.set(
      name,
      clock.after(quietMs, () => {
        quiet.delete(name);
        options.changed(name);
      }),
    );
  };
  const again = (error: unknown): void => {
    watcher?.close();
    watcher = null;
    if (stopped || cancelAgain !== null) return;
    log.write('warn', 'files', `${folder} cannot be followed; trying again`, { error });
    cancelAgain = clock.after(againMs, () => {
      cancelAgain = null;
      if (begin()) stir(null);
    });
  };
  const begin = (): boolean => {
    try {
      watcher = watch(folder, { persistent: false }, (_event, name) => stir(name));
      watcher.on('error', again);
      return true;
    } catch (error) {
      again(error);
      return false;
    }
  };
  begin();

  return () => {
    stopped = true;
    watcher?.close();
    cancelAgain?.();
    for (const cancel of quiet.values()) cancel();
    quiet.clear();
  };
}
