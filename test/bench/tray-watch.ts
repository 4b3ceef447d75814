import { openBus } from '../support/desktop-session/bus.ts';
import { createStatusNotifierWatcher, watcherName } from '../support/desktop-session/status-notifier-watcher.ts';
import type { RunningElectron } from './electron-app.ts';

/** A desktop panel that notes when a tray icon can be used. */
export interface TrayWatch {
  /** Milliseconds from the start of the app until its tray icon is registered and its menu has answered with items. */
  usable(app: RunningElectron): Promise<number>;
  close(): Promise<void>;
}

const limitMs = 30_000;

/** Starts nothing by itself: arm it with `usable` right after the app was started. One app at a time. */
export async function watchTray(): Promise<TrayWatch> {
  const watcher = createStatusNotifierWatcher();
  let registered: () => void = () => undefined;
  const bus = await openBus((call) => {
    const before = watcher.items.length;
    const answer = watcher.serve(call);
    if (watcher.items.length > before) registered();
    return answer;
  });
  await bus.own(watcherName);

  async function hasItems(destination: string, path: string): Promise<boolean> {
    try {
      const menu = String(await bus.property(destination, path, 'org.kde.StatusNotifierItem', 'Menu'));
      const target = { destination, path: menu, interface: 'com.canonical.dbusmenu', member: 'GetLayout' };
      const [, root] = await bus.call(target, 'iias', [0, -1, []]);
      return ((root as unknown[])[2] as unknown[]).length > 0;
    } catch {
      // Registered, and not yet there.
      return false;
    }
  }

  return {
    usable: async ({ startedAt, said }) => {
      const deadline = startedAt + limitMs;
      const known = watcher.items.length;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        registered = resolve;
        timer = setTimeout(() => reject(new Error(`No tray icon came. The app said:\n${said()}`)), limitMs);
      }).finally(() => clearTimeout(timer));
      const item = watcher.items[known];
      if (item === undefined) throw new Error('A tray icon was registered and is not known.');
      while (!(await hasItems(item.destination, item.path))) {
        if (performance.now() > deadline) throw new Error(`The tray's menu stayed empty. The app said:\n${said()}`);
      }
      return performance.now() - startedAt;
    },
    close: async () => {
      await bus.release(watcherName);
      bus.close();
    },
  };
}
