import { type AttentionAction, attentionCaptions, possibleActions } from '../contract/attention.ts';
import type { Connection } from '../contract/connection.ts';
import type { Machine } from '../contract/machine.ts';
import type { DesktopNotification } from '../contract/notification.ts';
import type { TransportLog } from '../transport/surroundings.ts';
import type { Notifications } from './notifications.ts';
import type { Place } from './windows.ts';

export interface TellParts {
  readonly connection: Connection;
  readonly notifications: Notifications;
  show(place: Place): void;
  /** As it is known now. */
  machine(id: string): Machine | undefined;
  attend(notification: DesktopNotification, action: AttentionAction): void;
  readonly log: TransportLog;
}

/**
 * Shows what the engine has to say about machines, for as long as this app lives. With every engine the app registers as the
 * one who shows notifications; where the desktop takes none it does not, and the engine goes on looking for another way.
 */
export function tellOfMachines({ connection, notifications, show, machine, attend, log }: TellParts): void {
  if (!notifications.supported) {
    log.write('warn', 'app', 'this desktop takes no notifications');
    return;
  }
  /** By key: the machine that it is about, for machines that are deleted while their notification is open. */
  const machines = new Map<string, string>();

  connection.subscribe('engine.connected', () => {
    connection.call('desktop.attach', {}).catch((error: unknown) => {
      log.write('warn', 'app', 'could not register as the one who shows notifications', { error });
    });
  });
  connection.subscribe('notification.raised', (notification) => {
    const { key, title, body, severity, machineId: id, at, subject, isOver } = notification;
    machines.set(key, id);
    notifications.show({
      key,
      title,
      body,
      critical: severity === 'critical',
      // What is over is said and goes by itself.
      isFresh: isOver,
      buttons: possibleActions(subject, machine(id)).map((action) => ({
        id: action,
        caption: attentionCaptions[action],
        pressed: () => attend(notification, action),
      })),
      clicked: () => show(id === '' ? { page: 'alerts' } : { page: 'machine', id, at }),
    });
  });
  const close = (key: string): void => {
    machines.delete(key);
    notifications.close(key);
  };
  connection.subscribe('notification.closed', ({ key }) => close(key));
  connection.subscribe('machine.removed', ({ id }) => {
    for (const [key, about] of machines) if (about === id) close(key);
  });
  connection.subscribe('settings.changed', ({ desktop }) => {
    if (!desktop.notifications) for (const key of machines.keys()) close(key);
  });
}
