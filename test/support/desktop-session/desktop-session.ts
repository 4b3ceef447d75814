import { eventually } from '../eventually.ts';
import { type BusCall, openBus } from './bus.ts';
import { createNotificationService, notificationsName, type ShownNotification } from './notification-service.ts';
import { createStatusNotifierWatcher, watcherName } from './status-notifier-watcher.ts';
import { type ShownMenuItem, type ShownTray, trayItemOnBus } from './tray-item.ts';

/** A desktop as an app meets it over the session bus: a panel with a tray, and a notification service. */
export interface DesktopSession {
  /** The newest tray icon; waits until there is one. */
  tray(): Promise<ShownTray>;
  /** Waits until the tray icon is as the question wants it. */
  trayThat(what: string, isSo: (tray: ShownTray) => boolean): Promise<ShownTray>;
  menu(): Promise<readonly ShownMenuItem[]>;
  /** Waits until the menu is as the question wants it. */
  menuThat(what: string, isSo: (menu: readonly ShownMenuItem[]) => boolean): Promise<readonly ShownMenuItem[]>;
  /** Chooses an item by its labels, outermost first; waits until it is there and enabled. */
  clickMenu(labels: readonly string[]): Promise<void>;
  /** A left click on the icon. */
  activate(): Promise<void>;
  /** How many icons there are now. */
  readonly trayCount: number;
  readonly notifications: readonly ShownNotification[];
  invoke(notification: number, action: string): void;
  close(): Promise<void>;
}

export interface DesktopSessionOptions {
  /** False: a desktop without a tray, like GNOME as it comes. */
  readonly tray?: boolean;
}

/** Needs a session bus of its own (`dbus-run-session`), so that nothing reaches the desktop of whoever runs the tests. */
export async function desktopSession({ tray: hasTray = true }: DesktopSessionOptions = {}): Promise<DesktopSession> {
  const watcher = createStatusNotifierWatcher();
  const notifications = createNotificationService();
  const bus = await openBus((call) => watcher.serve(call) ?? notifications.serve(call), heard);
  function heard({ member, body }: BusCall): void {
    const [name, , newOwner] = body;
    if (member === 'NameOwnerChanged' && newOwner === '') watcher.left(String(name));
  }
  await bus.call(
    {
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
    },
    's',
    ["type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"],
  );
  const names = [...(hasTray ? [watcherName] : []), notificationsName];
  for (const name of names) await bus.own(name);

  const item = async () => {
    const { destination, path } = await eventually('a tray icon on the bus', () => watcher.items.at(-1));
    return trayItemOnBus(bus, destination, path);
  };
  const settled = <T>(what: string, read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> => {
    let last: T | undefined;
    return eventually(what, async () => {
      last = await read();
      return isSo(last) ? { value: last } : null;
    }).then(
      ({ value }) => value,
      (error: Error) => {
        throw new Error(`${error.message}\n${JSON.stringify(last, null, 1)}`);
      },
    );
  };
  const tray = async () => (await item()).read();
  const menu = async () => (await item()).menu();

  return {
    tray,
    menu,
    trayThat: (what, isSo) => settled(`a tray icon ${what}`, tray, isSo),
    menuThat: (what, isSo) => settled(`a tray menu ${what}`, menu, isSo),
    clickMenu: async (labels) => (await item()).choose(labels),
    activate: async () => (await item()).activate(),
    get trayCount() {
      return watcher.items.length;
    },
    notifications: notifications.shown,
    invoke: (id, action) => notifications.invoke(bus, id, action),
    close: async () => {
      for (const name of names) await bus.release(name);
      bus.close();
    },
  };
}
