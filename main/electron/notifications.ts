import { type NativeImage, Notification } from 'electron';
import { notificationText } from './notification-text.ts';

export interface NotificationRequest {
  /** One notification per key: a newer one replaces it. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  /** Stays until a person has seen to it, also where the desktop keeps quiet. */
  readonly critical: boolean;
  clicked(): void;
  /** The desktop has taken it. */
  shown?(): void;
}

/** The one door to the desktop's notifications. */
export interface Notifications {
  /** False where the desktop shows none. */
  readonly supported: boolean;
  show(request: NotificationRequest): void;
  close(key: string): void;
  closeAll(): void;
}

export function createNotifications(icon: NativeImage): Notifications {
  // What is not held here is collected as garbage, and its clicks with it.
  const open = new Map<string, Notification>();
  /** Asked for in this turn. */
  const due = new Map<string, NotificationRequest>();

  function close(key: string): void {
    due.delete(key);
    const notification = open.get(key);
    open.delete(key);
    notification?.close();
  }

  return {
    supported: Notification.isSupported(),
    show: (request) => {
      // Showing waits for the desktop's answer. Who asks may be the engine in the midst of writing down what happened.
      due.set(request.key, request);
      setImmediate(() => {
        if (due.get(request.key) === request) showNow(request);
      });
    },
    close,
    closeAll: () => {
      for (const key of [...due.keys(), ...open.keys()]) close(key);
    },
  };

  function showNow({ key, title, body, critical, clicked, shown }: NotificationRequest): void {
    close(key);
    const notification = new Notification({
      ...notificationText({ title, body }, process.platform),
      icon,
      urgency: critical ? 'critical' : 'normal',
      timeoutType: critical ? 'never' : 'default',
    });
    open.set(key, notification);
    notification.on('show', () => shown?.());
    notification.on('click', () => {
      if (open.get(key) === notification) close(key);
      clicked();
    });
    notification.on('close', () => {
      if (open.get(key) === notification) open.delete(key);
    });
    notification.show();
  }
}
