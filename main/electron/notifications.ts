import { type NativeImage, Notification } from 'electron';
import { createElectronNotifications } from './electron-notifications.ts';
import { createServiceNotifications, type FindService } from './service-notifications.ts';

export interface NotificationRequest {
  /** One notification per key: a newer one replaces it. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  /** Stays until a person has seen to it, also where the desktop keeps quiet. */
  readonly critical: boolean;
  /** Left to right; not every desktop shows them. */
  readonly buttons?: readonly NotificationButton[];
  /** News of its own: the earlier one of its key is closed, and this one is not put in its place. */
  readonly isFresh?: boolean;
  clicked(): void;
  /** The desktop has taken it. */
  shown?(): void;
}

export interface NotificationButton {
  /** Stays the same when another notification takes the place of this one. */
  readonly id: string;
  readonly caption: string;
  pressed(): void;
}

/** The one door to the desktop's notifications. */
export interface Notifications {
  /** False where the desktop shows none. */
  readonly supported: boolean;
  show(request: NotificationRequest): void;
  close(key: string): void;
  closeAll(): void;
}

/** `findService`: the desktop's own service where it has buttons that Electron does not know of (Linux); else null. */
export function createNotifications(icon: NativeImage, findService: FindService): Notifications {
  const electron = createElectronNotifications(icon);
  const service = createServiceNotifications({ find: findService, icon, otherwise: electron.show });
  /** Asked for in this turn. */
  const due = new Map<string, NotificationRequest>();

  function close(key: string): void {
    due.delete(key);
    electron.close(key);
    service.close(key);
  }

  return {
    supported: Notification.isSupported(),
    show: (request) => {
      // Showing waits for the desktop's answer. Who asks may be the engine in the midst of writing down what happened.
      due.set(request.key, request);
      setImmediate(() => {
        if (due.get(request.key) !== request) return;
        due.delete(request.key);
        electron.close(request.key);
        service.show(request);
      });
    },
    close,
    closeAll: () => {
      for (const key of new Set([...due.keys(), ...electron.keys(), ...service.keys()])) close(key);
    },
  };
}
