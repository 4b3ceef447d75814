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

describe('notifications about alerts', () => {
  const about = (key: string): DesktopNotification => ({
    key,
    title: key,
    body: '',
    severity: 'warning',
    machineId: '1',
    machine: 'demo',
    at: '2026-01-01T00:00:00.000Z',
    subject: null,
    isOver: false,
  });
  function deskThatCloses() {
    const events = createEventBus(recordingLog());
    const closed: string[] = [];
    events.subscribe('notification.closed', ({ key }) => closed.push(key));
    const log = recordingLog();
    const desk = createNotificationDesk({ events, notifier: null, log, wanted: () => true });
    return { desk, closed };
  }
  const fires = (episode: string) => ({ episode, isOver: false });
  const isOver = (episode: string) => ({ episode, isOver: true });

  test('one of several alerts is closed when the last of them is over, each told in whatever message', () => {
    const { desk, closed } = deskThatCloses();
    desk.raise(about('alerts'), [fires('a'), fires('b')]);
    desk.raise(about('alert a'), [isOver('a')]);
    expect(closed).toEqual([]);
    desk.raise(about('alert b'), [isOver('b')]);
    expect(closed).toEqual(['alerts']);
  });

  test('one of a single alert is closed when a summary tells that it is over', () => {
    const { desk, closed } = deskThatCloses();
    desk.raise(about('alert a'), [fires('a')]);
    desk.raise(about('alerts'), [isOver('a'), fires('b')]);
    expect(closed).toEqual(['alert a']);
  });

  test('the message that replaces its own does not close it', () => {
    const { desk, closed } = deskThatCloses();
    desk.raise(about('alert a'), [fires('a')]);
    desk.raise(about('alert a'), [fires('a')]);
    desk.raise(about('alert a'), [isOver('a')]);
    desk.raise(about('channel test'));
    expect(closed).toEqual([]);
  });
});
