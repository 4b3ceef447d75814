import { VigilError } from '../../contract/failure.ts';
import type { DesktopNotification } from '../../contract/notification.ts';
import type { DesktopNotifier } from '../../engine/ports/desktop-notifier.ts';

/** What node-notifier's own notifiers have in common. */
interface Notifier {
  notify(options: Record<string, unknown>, done: (error: Error | null) => void): unknown;
}

export interface DesktopNotifierOptions {
  readonly platform: NodeJS.Platform;
  /** Picture beside the words. */
  readonly icon: string;
}

const limitMs = 10_000;

/**
 * The desktop without an app: `notify-send`, the Notification Center or toasts, through node-notifier. What was shown
 * cannot be taken back by these, so closing is left to the desktop.
 */
export function createDesktopNotifier({ platform, icon }: DesktopNotifierOptions): DesktopNotifier {
  let loading: Promise<Notifier> | null = null;
  const notifier = (): Promise<Notifier> => {
    loading ??= load(platform);
    return loading;
  };
  return {
    show: async (notification) => send(await notifier(), notification, icon),
    close: () => Promise.resolve(),
  };
}

/** Only the platform's own one is loaded: each looks for its helper program as it loads. */
async function load(platform: NodeJS.Platform): Promise<Notifier> {
  switch (platform) {
    case 'darwin':
      return new (await import('node-notifier/notifiers/notificationcenter.js')).default();
    case 'win32':
      return new (await import('node-notifier/notifiers/toaster.js')).default();
    default:
      return new (await import('node-notifier/notifiers/notifysend.js')).default();
  }
}

function send(notifier: Notifier, notification: DesktopNotification, icon: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new VigilError('timeout', 'The desktop did not take a notification within 10 s.')),
      limitMs,
    );
    const options = {
      title: notification.title,
      message: notification.body,
      icon,
      'app-name': 'Vigil',
      urgency: notification.severity === 'critical' ? 'critical' : 'normal',
    };
    notifier.notify(options, (error) => {
      clearTimeout(timer);
      if (error === null) resolve();
      else
        reject(new VigilError('unreachable', `The desktop took no notification: ${error.message}`, { cause: error }));
    });
  });
}
