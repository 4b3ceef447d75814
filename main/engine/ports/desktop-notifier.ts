import type { DesktopNotification } from '../../contract/notification.ts';

/** The desktop of the computer the engine runs on, for when no app is there to show a notification with its own means. */
export interface DesktopNotifier {
  /** Replaces an earlier one with the same key where the desktop can. Never throws: a desktop that is not there is no failure. */
  show(notification: DesktopNotification): Promise<void>;
  close(key: string): Promise<void>;
}
