import { type AttentionAction, restartCall, snoozeSeconds } from '../contract/attention.ts';
import type { Connection } from '../contract/connection.ts';
import { type Failure, failureOf, VigilError } from '../contract/failure.ts';
import type { DesktopNotification } from '../contract/notification.ts';
import type { Place } from './windows.ts';

export interface AttendParts {
  readonly connection: Connection;
  show(place: Place): void;
  /** What was chosen was not done; how it ends once it is begun, the tray and the windows show. */
  refused(failure: Failure): void;
}

/**
 * Does what a button of a notification says, by the calls that every face has. What the notification tells of may be over
 * by then: then nothing is done, and that is said.
 */
export function createAttend({ connection, show, refused }: AttendParts) {
  const attend = async (notification: DesktopNotification, action: AttentionAction): Promise<void> => {
    const { machineId: machine, subject } = notification;
    switch (action) {
      case 'console':
        return show({ page: 'machine', id: machine, tab: 'console' });
      case 'snooze':
        if (subject?.kind !== 'alert') return;
        await refuseStale(notification);
        await connection.call('alert.snooze', { rule: subject.rule, machine, seconds: snoozeSeconds });
        return;
      case 'restart': {
        await refuseStale(notification);
        const found = (await connection.call('machine.get', { machine })).machine;
        const call = restartCall(found);
        if (call === null) throw new VigilError('refused', `'${found.name}' cannot be restarted now.`);
        await connection.call(call, { machine });
      }
    }
  };
  const refuseStale = async ({ subject, machineId, machine, title, at }: DesktopNotification): Promise<void> => {
    if (subject?.kind === 'alert') {
      const active = await connection.call('alert.active', {});
      if (active.some(({ id, state }) => id === subject.episode && state === 'firing')) return;
      throw new VigilError('refused', `The alert "${title}" is over already. Nothing was done.`);
    }
    const { notice } = (await connection.call('machine.get', { machine: machineId })).machine;
    if (notice?.since === at) return;
    throw new VigilError('refused', `'${machine}' has been seen to already. Nothing was done.`);
  };
  return (notification: DesktopNotification, action: AttentionAction): void => {
    attend(notification, action).catch((error: unknown) => refused(failureOf(error)));
  };
}
