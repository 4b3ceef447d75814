import { type NativeImage, Notification } from 'electron';
import { notificationText } from './notification-text.ts';
import type { NotificationRequest } from './notifications.ts';

/** Notifications by Electron's own means: with buttons where it has them, which Linux is not among. */
export interface ElectronNotifications {
  show(request: NotificationRequest): void;
  close(key: string): void;
  keys(): readonly string[];
}

export function createElectronNotifications(icon: NativeImage): ElectronNotifications {
  // What is not held here is collected as garbage, and its clicks with it.
  const open = new Map<string, Notification>();

  function close(key: string): void {
    const notification = open.get(key);
    open.delete(key);
    notification?.close();
  }

  return {
    close,
    keys: () => [...open.keys()],
    show: ({ key, title, body, critical, buttons = [], clicked, shown }) => {
      close(key);
      const notification = new Notification({
        ...notificationText({ title, body }, process.platform),
        icon,
        urgency: critical ? 'critical' : 'normal',
        timeoutType: critical ? 'never' : 'default',
        actions: buttons.map(({ caption }) => ({ type: 'button', text: caption })),
      });
      open.set(key, notification);
      const leave = (): void => {
        if (open.get(key) === notification) close(key);
      };
      notification.on('show', () => shown?.());
      notification.on('click', () => {
        leave();
        clicked();
      });
      // Older Electron says the number only as the second argument, which newer ones keep.
      notification.on('action', (_event, index) => {
        leave();
        buttons[index]?.pressed();
      });
      notification.on('close', () => {
        if (open.get(key) === notification) open.delete(key);
      });
      notification.show();
    },
  };
}
