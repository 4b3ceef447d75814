import type { NativeImage } from 'electron';
import type { notificationServiceOfThisDesktop } from '../assemble.ts';
import { notificationText } from './notification-text.ts';
import type { NotificationRequest } from './notifications.ts';

/** Null where the desktop has no service with buttons. Bounded; never rejects. */
export type FindService = typeof notificationServiceOfThisDesktop;
type Service = NonNullable<Awaited<ReturnType<FindService>>>;

/** Notifications by the desktop's own service, in the order in which they are asked for. */
export interface ServiceNotifications {
  show(request: NotificationRequest): void;
  close(key: string): void;
  keys(): readonly string[];
}

export interface ServiceNotificationParts {
  readonly find: FindService;
  readonly icon: Pick<NativeImage, 'resize'>;
  /** Shows what the service does not take. */
  otherwise(request: NotificationRequest): void;
}

const pictureSize = 64;

export function createServiceNotifications({ find, icon, otherwise }: ServiceNotificationParts): ServiceNotifications {
  let finding: Promise<Service | null> | null = null;
  /** By key. */
  const open = new Map<string, { readonly id: number; readonly request: NotificationRequest }>();
  /** By key: asked for and not taken yet, and not taken back either. */
  const wanted = new Map<string, NotificationRequest>();
  let working: Promise<void> = Promise.resolve();
  const picture = pictureOf(icon);

  const inTurn = (work: () => Promise<void>): void => {
    working = working.then(work);
  };
  const service = (): Promise<Service | null> => {
    finding ??= find().then((found) => {
      found?.onAction(pressed);
      found?.onClosed((id) => forget(id));
      void found?.gone.then(() => {
        finding = null;
        open.clear();
      });
      return found;
    });
    return finding;
  };
  const forget = (id: number): NotificationRequest | undefined => {
    const [key, shown] = [...open].find(([, each]) => each.id === id) ?? [];
    if (key !== undefined) open.delete(key);
    return shown?.request;
  };
  const pressed = (id: number, action: string): void => {
    const request = forget(id);
    if (request === undefined) return;
    // Not every desktop takes one away that was pressed.
    inTurn(async () => (await service())?.close(id));
    if (action === 'default') request.clicked();
    else request.buttons?.find((button) => button.id === action)?.pressed();
  };
  const take = async (request: NotificationRequest): Promise<void> => {
    const { key, buttons = [], isFresh = false } = request;
    const found = await service();
    if (wanted.get(key) !== request) return;
    wanted.delete(key);
    const before = open.get(key);
    if (found === null) {
      otherwise(request);
      return;
    }
    try {
      if (before !== undefined && isFresh) await found.close(before.id);
      const id = await found.show({
        replaces: before === undefined || isFresh ? 0 : before.id,
        ...notificationText(request, 'linux'),
        actions: [['default', 'Open'], ...buttons.map((button) => [button.id, button.caption] as const)],
        isCritical: request.critical,
        picture,
      });
      open.set(key, { id, request });
      request.shown?.();
    } catch {
      open.delete(key);
      otherwise(request);
    }
  };

  return {
    show: (request) => {
      wanted.set(request.key, request);
      inTurn(() => take(request));
    },
    close: (key) => {
      wanted.delete(key);
      inTurn(async () => {
        const shown = open.get(key);
        open.delete(key);
        if (shown !== undefined) await (await service())?.close(shown.id);
      });
    },
    keys: () => [...wanted.keys(), ...open.keys()],
  };
}

/** Electron keeps pictures with blue first. */
function pictureOf(icon: Pick<NativeImage, 'resize'>): { width: number; height: number; rgba: Uint8Array } {
  const small = icon.resize({ width: pictureSize, height: pictureSize });
  const { width, height } = small.getSize();
  const rgba = new Uint8Array(small.toBitmap());
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const blue = rgba[at] ?? 0;
    rgba[at] = rgba[at + 2] ?? 0;
    rgba[at + 2] = blue;
  }
  return { width, height, rgba };
}
