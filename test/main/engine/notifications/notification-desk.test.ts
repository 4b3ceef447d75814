import { describe, expect, test } from 'vitest';
import type { DesktopNotification } from '../../../../main/contract/notification.ts';
import {
  createNotificationDesk,
  type NotificationDesk,
} from '../../../../main/engine/notifications/notification-desk.ts';
import type { MachineRecord } from '../../../../main/engine/ports/state-store.ts';
import { createEventBus } from '../../../../main/transport/event-bus.ts';
import { recordingLog } from '../../../support/recording-log.ts';

const healthy = { id: '1', name: 'demo', notice: null } as MachineRecord;
const ended: MachineRecord = {
  ...healthy,
  notice: { kind: 'ended', severity: 'critical', text: 'It was killed.', since: '2026-01-01T00:00:00.000Z' },
};

function deskInTheApp() {
  const events = createEventBus(recordingLog());
  const raised: DesktopNotification[] = [];
  events.subscribe('notification.raised', (notification) => raised.push(notification));
  const desk: NotificationDesk = createNotificationDesk({
    events,
    notifier: null,
    log: recordingLog(),
    wanted: () => true,
  });
  return { desk, raised };
}

describe('an engine inside the app', () => {
  test('keeps what it found before its app was attached, and tells it once', () => {
    const { desk, raised } = deskInTheApp();
    desk.machineChanged(healthy, ended);
    expect(raised).toEqual([]);
    desk.attach(undefined);
    expect(raised).toMatchObject([{ key: 'machine 1', body: 'It was killed.' }]);
    desk.attach(undefined);
    expect(raised).toHaveLength(1);
  });

  test('does not tell what was over before anyone came', () => {
    const { desk, raised } = deskInTheApp();
    desk.machineChanged(healthy, ended);
    desk.machineChanged(ended, healthy);
    desk.attach(undefined);
    expect(raised).toEqual([]);
  });

  test('tells its app at once from then on', () => {
    const { desk, raised } = deskInTheApp();
    desk.attach(undefined);
    desk.machineChanged(healthy, ended);
    expect(raised).toHaveLength(1);
  });
});
