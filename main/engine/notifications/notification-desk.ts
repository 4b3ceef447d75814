import type { EventSink } from '../../contract/events.ts';
import type { DesktopNotification } from '../../contract/notification.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { DesktopNotifier } from '../ports/desktop-notifier.ts';
import type { Log } from '../ports/log.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { notificationChange } from './notification-change.ts';

/**
 * Who tells the person at the desktop: every attached app, and the engine's own notifier only while there is none. An
 * engine inside the app has no notifier of its own: what it finds before its app is attached waits for it.
 */
export interface NotificationDesk {
  /** A face that shows notifications, until it has gone. */
  attach(gone: StopSignal | undefined): void;
  /** A machine's row changed; `undefined` stands for no row. */
  machineChanged(before: MachineRecord | undefined, after: MachineRecord | undefined): void;
  /**
   * Shows one, in the place of another of the same key. `about`: the alerts that it is about. Those that are over take
   * leave of all other notifications, and one that is about no alert any more is closed.
   */
  raise(notification: DesktopNotification, about?: readonly AlertStanding[]): void;
}

export interface AlertStanding {
  readonly episode: string;
  readonly isOver: boolean;
}

export function createNotificationDesk(ports: {
  readonly events: EventSink;
  /** Null inside the app. */
  readonly notifier: DesktopNotifier | null;
  readonly log: Log;
  /** Whether the person wants any. */
  wanted(): boolean;
}): NotificationDesk {
  let attached = 0;
  /** Keys that the engine's own notifier shows, so that it closes what it opened. */
  const shownHere = new Set<string>();
  /** By key: nobody has been told yet. */
  const waiting = new Map<string, DesktopNotification>();
  /** By key: the alerts that fire and that it is about. */
  const alertsOf = new Map<string, Set<string>>();
  const careful = (work: Promise<void>): void => {
    work.catch((error) => ports.log.write('warn', 'notifications', 'the desktop refused a notification', { error }));
  };
  const show = (notification: DesktopNotification): void => {
    if (!ports.wanted()) return;
    const { key } = notification;
    if (attached === 0 && ports.notifier === null) {
      waiting.set(key, notification);
      return;
    }
    ports.events.publish('notification.raised', notification);
    if (attached > 0 || ports.notifier === null) return;
    shownHere.add(key);
    careful(ports.notifier.show(notification));
  };
  const close = (key: string): void => {
    ports.events.publish('notification.closed', { key });
    waiting.delete(key);
    if (shownHere.delete(key) && ports.notifier !== null) careful(ports.notifier.close(key));
  };
  const raise: NotificationDesk['raise'] = (notification, about = []) => {
    show(notification);
    const { key } = notification;
    for (const { episode } of about) {
      for (const [other, firing] of alertsOf) {
        if (other === key || !firing.delete(episode) || firing.size > 0) continue;
        alertsOf.delete(other);
        close(other);
      }
    }
    const firing = about.filter(({ isOver }) => !isOver);
    if (firing.length === 0) alertsOf.delete(key);
    else alertsOf.set(key, new Set(firing.map(({ episode }) => episode)));
  };
  return {
    raise,
    attach: (gone) => {
      if (gone?.aborted === true) return;
      attached += 1;
      for (const notification of waiting.values()) ports.events.publish('notification.raised', notification);
      waiting.clear();
      gone?.addEventListener(
        'abort',
        () => {
          attached -= 1;
        },
        { once: true },
      );
    },
    machineChanged: (before, after) => {
      const change = notificationChange(before, after);
      if (change === null) return;
      if (change.kind === 'raise') {
        raise(change.notification);
        return;
      }
      close(change.key);
    },
  };
}
