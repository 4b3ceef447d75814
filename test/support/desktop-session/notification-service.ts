import type { Bus, BusAnswer, BusCall } from './bus.ts';

export const notificationsName = 'org.freedesktop.Notifications';
export const notificationsPath = '/org/freedesktop/Notifications';

export interface ShownNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  /** Key and caption, in turn. */
  readonly actions: readonly string[];
  /** 0 low, 1 normal, 2 critical; null when nothing was said. */
  readonly urgency: number | null;
  /** Milliseconds; 0 stays for ever, -1 as the desktop likes. */
  readonly expiresMs: number;
  /** How often an app put another text in its place. */
  readonly replaced: number;
  readonly closed: boolean;
}

/** The desktop's notification service: keeps what it is told, and presses what it is told. */
export interface NotificationService {
  serve(call: BusCall): BusAnswer;
  /** In the order in which they were first shown. */
  readonly shown: readonly ShownNotification[];
  /** Presses an action; `default` is a click on the notification itself. */
  invoke(bus: Bus, id: number, action: string): void;
}

export function createNotificationService(): NotificationService {
  const shown: ShownNotification[] = [];
  const put = (notification: ShownNotification) => {
    const index = shown.findIndex(({ id }) => id === notification.id);
    if (index < 0) shown.push(notification);
    else shown[index] = notification;
  };
  return {
    shown,
    invoke: (bus, id, action) => bus.emit(notificationsPath, notificationsName, 'ActionInvoked', 'us', [id, action]),
    serve: ({ path, interface: interfaceName, member, body }) => {
      if (path !== notificationsPath || interfaceName !== notificationsName) return null;
      switch (member) {
        case 'Notify': {
          const [, replaces, , title, text, actions, hints, expiresMs] = body;
          const before = shown.find(({ id }) => id === replaces);
          const id = before?.id ?? shown.length + 1;
          const replaced = before === undefined ? 0 : before.replaced + 1;
          const urgency = (hints as Readonly<Record<string, { value: unknown } | undefined>>).urgency?.value;
          put({
            id,
            title: String(title),
            body: String(text),
            actions: actions as string[],
            urgency: typeof urgency === 'number' ? urgency : null,
            expiresMs: Number(expiresMs),
            replaced,
            closed: false,
          });
          return { signature: 'u', body: [id] };
        }
        case 'CloseNotification': {
          const before = shown.find(({ id }) => id === body[0]);
          if (before !== undefined) put({ ...before, closed: true });
          return { signature: '', body: [] };
        }
        case 'GetCapabilities':
          return { signature: 'as', body: [['actions', 'body']] };
        case 'GetServerInformation':
          return { signature: 'ssss', body: ['test desktop', 'vigil', '1', '1.2'] };
        default:
          return null;
      }
    },
  };
}
