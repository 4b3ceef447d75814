import { attendTo } from '../contract/attend-to.ts';
import type { AttentionAction } from '../contract/attention.ts';
import type { Connection } from '../contract/connection.ts';
import { type Failure, failureOf } from '../contract/failure.ts';
import type { DesktopNotification } from '../contract/notification.ts';
import type { Place } from './windows.ts';

export interface AttendParts {
  readonly connection: Connection;
  show(place: Place): void;
  /** What was chosen was not done; how it ends once it is begun, the tray and the windows show. */
  refused(failure: Failure): void;
}

/** Does what a button of a notification says. */
export function createAttend({ connection, show, refused }: AttendParts) {
  return (notification: DesktopNotification, action: AttentionAction): void => {
    if (action === 'console') show({ page: 'machine', id: notification.machineId, tab: 'console' });
    else attendTo(connection, notification, action).catch((error: unknown) => refused(failureOf(error)));
  };
}
