import type { BusMessage } from './bus-message.ts';
import type { BusValue } from './bus-values.ts';
import { openSessionBus, type SessionBus } from './session-bus.ts';

/** The notification service of a Linux desktop, with what Electron's own notifications lack there: buttons. */
export interface NotificationService {
  /** Rejects when the desktop does not take it. The number is for closing and replacing it. */
  show(notification: ServiceNotification): Promise<number>;
  /** Never rejects. */
  close(id: number): Promise<void>;
  /** A button was pressed, or the notification itself: `default`. One listener. */
  onAction(listener: (id: number, action: string) => void): void;
  /** It is no longer shown. One listener. */
  onClosed(listener: (id: number) => void): void;
  /** Resolves when it can be reached no more. */
  readonly gone: Promise<void>;
}

export interface ServiceNotification {
  /** Of the one whose place it takes; 0 for none. */
  readonly replaces: number;
  readonly title: string;
  /** May be read as markup. */
  readonly body: string;
  /** What is pressed, and its caption. */
  readonly actions: readonly (readonly [action: string, caption: string])[];
  readonly isCritical: boolean;
  readonly picture: Picture | null;
}

/** Four bytes a point: red, green, blue, opacity. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

const name = 'org.freedesktop.Notifications';
const path = '/org/freedesktop/Notifications';

/** Null where the desktop has no such service, or one without buttons. Bounded; never rejects. */
export async function findNotificationService(address: string | undefined): Promise<NotificationService | null> {
  if (address === undefined || address === '') return null;
  const bus = await openSessionBus(address).catch(() => null);
  if (bus === null) return null;
  try {
    const [capabilities] = await ask(bus, 'GetCapabilities', '', []);
    if (Array.isArray(capabilities) && capabilities.includes('actions')) return await serviceOn(bus);
  } catch {
    // Nobody answers: another way must do.
  }
  bus.close();
  return null;
}

function ask(
  bus: SessionBus,
  member: string,
  signature: string,
  body: readonly BusValue[],
): Promise<readonly BusValue[]> {
  return bus.call({ destination: name, path, interface: name, member, signature, body });
}

async function serviceOn(bus: SessionBus): Promise<NotificationService> {
  let pressed: (id: number, action: string) => void = () => undefined;
  let closed: (id: number) => void = () => undefined;
  const daemon = 'org.freedesktop.DBus';
  await bus.call({
    destination: daemon,
    path: '/org/freedesktop/DBus',
    interface: daemon,
    member: 'AddMatch',
    signature: 's',
    body: [`type='signal',sender='${name}',interface='${name}'`],
  });
  bus.onSignal(({ interface: heard, member, body }: BusMessage) => {
    const [id, word] = body;
    if (heard !== name || typeof id !== 'number') return;
    if (member === 'ActionInvoked' && typeof word === 'string') pressed(id, word);
    if (member === 'NotificationClosed') closed(id);
  });
  return {
    show: async ({ replaces, title, body, actions, isCritical, picture }) => {
      const hints: BusValue[] = [
        ['urgency', { signature: 'y', value: isCritical ? 2 : 1 }],
        ...(picture === null ? [] : [['image-data', { signature: '(iiibiiay)', value: pictureValue(picture) }]]),
      ];
      const [id] = await ask(bus, 'Notify', 'susssasa{sv}i', [
        'Vigil',
        replaces,
        '',
        title,
        body,
        actions.flat(),
        hints,
        isCritical ? 0 : -1,
      ]);
      if (typeof id !== 'number') throw new Error('The desktop gave a notification no number.');
      return id;
    },
    close: async (id) => {
      await ask(bus, 'CloseNotification', 'u', [id]).catch(() => undefined);
    },
    onAction: (listener) => {
      pressed = listener;
    },
    onClosed: (listener) => {
      closed = listener;
    },
    gone: bus.closed,
  };
}

/** Width, height, bytes a line, whether there is opacity, bits a colour, colours, points. */
function pictureValue({ width, height, rgba }: Picture): readonly BusValue[] {
  return [width, height, width * 4, true, 8, 4, rgba];
}
