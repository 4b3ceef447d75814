import { Variant } from 'dbus-next';
import type { BusAnswer, BusCall } from './bus.ts';

export const watcherName = 'org.kde.StatusNotifierWatcher';
export const watcherPath = '/StatusNotifierWatcher';

/** The panel's side of the tray protocol: who has registered an icon. */
export interface StatusNotifierWatcher {
  serve(call: BusCall): BusAnswer;
  /** A connection has left the bus, and its icon with it. */
  left(sender: string): void;
  /** Destination and path of the icons, oldest first. */
  readonly items: readonly { readonly destination: string; readonly path: string }[];
}

export function createStatusNotifierWatcher(): StatusNotifierWatcher {
  const items: { destination: string; path: string }[] = [];
  const properties = {
    RegisteredStatusNotifierItems: () =>
      new Variant(
        'as',
        items.map(({ destination }) => destination),
      ),
    IsStatusNotifierHostRegistered: () => new Variant('b', true),
    ProtocolVersion: () => new Variant('i', 0),
  };
  return {
    items,
    left: (sender) => {
      const index = items.findIndex(({ destination }) => destination === sender);
      if (index >= 0) items.splice(index, 1);
    },
    serve: ({ path, interface: interfaceName, member, body, sender }) => {
      if (path !== watcherPath) return null;
      if (interfaceName === watcherName && member === 'RegisterStatusNotifierItem') {
        // Some give their bus name, others the path of their object.
        const given = String(body[0]);
        items.push({ destination: sender, path: given.startsWith('/') ? given : '/StatusNotifierItem' });
        return { signature: '', body: [] };
      }
      if (interfaceName === watcherName && member === 'RegisterStatusNotifierHost') return { signature: '', body: [] };
      if (interfaceName !== 'org.freedesktop.DBus.Properties') return null;
      if (member === 'Get') {
        const property = properties[String(body[1]) as keyof typeof properties];
        return property === undefined ? null : { signature: 'v', body: [property()] };
      }
      if (member !== 'GetAll') return null;
      const all = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, value()]));
      return { signature: 'a{sv}', body: [all] };
    },
  };
}
