import type { MachineNotice } from '../../contract/machine.ts';
import type { DesktopNotification } from '../../contract/notification.ts';
import type { MachineRecord } from '../ports/state-store.ts';

/** What the desktop should hear because a machine's row changed: pure. */
export type NotificationChange =
  | { readonly kind: 'raise'; readonly notification: DesktopNotification }
  | { readonly kind: 'close'; readonly key: string };

/**
 * One notification per machine: raised when it ends or is held without having been asked to, replaced when that changes,
 * closed when a person has seen to it. `undefined` stands for no row: before its creation, after its deletion.
 */
export function notificationChange(
  before: MachineRecord | undefined,
  after: MachineRecord | undefined,
): NotificationChange | null {
  const told = alarmOf(before);
  const due = alarmOf(after);
  if (due !== null && after !== undefined) {
    if (told !== null && told.text === due.text && told.since === due.since) return null;
    return {
      kind: 'raise',
      notification: {
        key: keyOf(after.id),
        title: due.kind === 'held' ? `${after.name}: guest failed` : `${after.name}: ended by itself`,
        body: due.text,
        severity: due.severity,
        machineId: after.id,
        machine: after.name,
        at: due.since,
        subject: { kind: 'machine' },
        isOver: false,
      },
    };
  }
  return told !== null && before !== undefined ? { kind: 'close', key: keyOf(before.id) } : null;
}

function alarmOf(record: MachineRecord | undefined): MachineNotice | null {
  const notice = record?.notice ?? null;
  if (notice === null || notice.severity === 'info') return null;
  return notice.kind === 'ended' || notice.kind === 'held' ? notice : null;
}

function keyOf(machineId: string): string {
  return `machine ${machineId}`;
}
