import type { Connection } from '../contract/connection.ts';
import type { TransportLog } from '../transport/surroundings.ts';
import type { Notifications } from './notifications.ts';
import type { Place } from './windows.ts';

export interface TellParts {
  readonly connection: Connection;
  readonly notifications: Notifications;
  show(place: Place): void;
  readonly log: TransportLog;
}

/**
 * Shows what the engine has to say about machines, for as long as this app lives. With every engine the app registers as the
 * one who shows notifications; where the desktop takes none it does not, and the engine goes on looking for another way.
 */
export function tellOfMachines({ connection, notifications, show, log }: TellParts): void {
  if (!notifications.supported) {
    log.write('warn', 'app', 'this desktop takes no notifications');
    return;
  }
  /** Key by machine, for machines that are deleted while their notification is open. */
  const keys = new Map<string, string>();

  connection.subscribe('engine.connected', () => {
    connection.call('desktop.attach', {}).catch((error: unknown) => {
      log.write('warn', 'app', 'could not register as the one who shows notifications', { error });
    });
  });
  connection.subscribe('notification.raised', ({ key, title, body, severity, machineId, at }) => {
    keys.set(machineId, key);
    notifications.show({
      key,
      title,
      body,
      critical: severity === 'critical',
      clicked: () => show({ page: 'machine', id: machineId, at }),
    });
  });
  connection.subscribe('notification.closed', ({ key }) => notifications.close(key));
  connection.subscribe('machine.removed', ({ id }) => {
    const key = keys.get(id);
    keys.delete(id);
    if (key !== undefined) notifications.close(key);
  });
  connection.subscribe('settings.changed', ({ desktop }) => {
    if (!desktop.notifications) for (const key of keys.values()) notifications.close(key);
  });
}
