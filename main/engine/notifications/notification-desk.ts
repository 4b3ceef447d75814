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
  /** Shows one, in the place of another of the same key. */
  raise(notification: DesktopNotification): void;
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
  const careful = (work: Promise<void>): void => {
    work.catch((error) => ports.log.write('warn', 'notifications', 'the desktop refused a notification', { error }));
  };
  const raise = (notification: DesktopNotification): void => {
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
      ports.events.publish('notification.closed', { key: change.key });
      waiting.delete(change.key);
      if (shownHere.delete(change.key) && ports.notifier !== null) careful(ports.notifier.close(change.key));
    },
  };
}
