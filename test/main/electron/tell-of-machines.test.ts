import { expect, test, vi } from 'vitest';
import type { DesktopNotification } from '../../../main/contract/notification.ts';
import { Settings } from '../../../main/contract/settings.ts';
import type { NotificationRequest } from '../../../main/electron/notifications.ts';
import { tellOfMachines } from '../../../main/electron/tell-of-machines.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';

const ended: DesktopNotification = {
  key: 'machine 1',
  title: 'demo: ended by itself',
  body: 'It was killed.',
  severity: 'critical',
  machineId: '1',
  machine: 'demo',
  at: '2026-01-01T00:00:00.000Z',
};

function rig(supported = true) {
  const log = recordingLog();
  const events = createEventBus(log);
  const call = vi.fn(async () => null as never);
  const notifications = {
    supported,
    show: vi.fn<(request: NotificationRequest) => void>(),
    close: vi.fn(),
    closeAll: vi.fn(),
  };
  const show = vi.fn();
  tellOfMachines({ connection: { call, subscribe: events.subscribe }, notifications, show, log });
  return { events, call, notifications, show };
}

test('the app registers with every engine it meets', () => {
  const { events, call } = rig();
  events.publish('engine.connected', { host: 'headless', pid: 1 });
  events.publish('engine.connected', { host: 'app', pid: 2 });
  expect(call.mock.calls).toEqual([
    ['desktop.attach', {}],
    ['desktop.attach', {}],
  ]);
});

test('where the desktop takes no notification the engine is left its own way', () => {
  const { events, call, notifications } = rig(false);
  events.publish('engine.connected', { host: 'headless', pid: 1 });
  events.publish('notification.raised', ended);
  expect(call).not.toHaveBeenCalled();
  expect(notifications.show).not.toHaveBeenCalled();
});

test('a click opens the machine at that moment', () => {
  const { events, notifications, show } = rig();
  events.publish('notification.raised', ended);
  const request = notifications.show.mock.calls[0]?.[0];
  expect(request).toMatchObject({ key: 'machine 1', title: ended.title, body: ended.body, critical: true });
  request?.clicked();
  expect(show).toHaveBeenCalledExactlyOnceWith({ page: 'machine', id: '1', at: ended.at });
});

test('only a critical one stays for ever', () => {
  const { events, notifications } = rig();
  events.publish('notification.raised', { ...ended, severity: 'warning' });
  expect(notifications.show.mock.calls[0]?.[0].critical).toBe(false);
});

test.each([
  [
    'the engine says it is over',
    (rigged: ReturnType<typeof rig>) => rigged.events.publish('notification.closed', { key: 'machine 1' }),
  ],
  [
    'the machine is deleted',
    (rigged: ReturnType<typeof rig>) => rigged.events.publish('machine.removed', { id: '1', name: 'demo' }),
  ],
  [
    'notifications are switched off',
    (rigged: ReturnType<typeof rig>) =>
      rigged.events.publish('settings.changed', Settings.parse({ desktop: { notifications: false } })),
  ],
])('it goes when %s', (_why, happen) => {
  const rigged = rig();
  rigged.events.publish('notification.raised', ended);
  happen(rigged);
  expect(rigged.notifications.close).toHaveBeenCalledExactlyOnceWith('machine 1');
});

test('a change of other settings closes nothing', () => {
  const { events, notifications } = rig();
  events.publish('notification.raised', ended);
  events.publish('settings.changed', Settings.parse({ desktop: { theme: 'dark' } }));
  expect(notifications.close).not.toHaveBeenCalled();
});
