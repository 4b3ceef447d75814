import { expect, test, vi } from 'vitest';
import type { Machine } from '../../../main/contract/machine.ts';
import type { DesktopNotification } from '../../../main/contract/notification.ts';
import { Settings } from '../../../main/contract/settings.ts';
import type { NotificationRequest } from '../../../main/electron/notifications.ts';
import { tellOfMachines } from '../../../main/electron/tell-of-machines.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { sampleMachine } from '../../support/sample-machine.ts';

const ended: DesktopNotification = {
  key: 'machine 1',
  title: 'demo: ended by itself',
  body: 'It was killed.',
  severity: 'critical',
  machineId: '1',
  machine: 'demo',
  at: '2026-01-01T00:00:00.000Z',
  subject: { kind: 'machine' },
  isOver: false,
};
const firing: DesktopNotification = {
  ...ended,
  key: 'alert e1',
  subject: { kind: 'alert', episode: 'e1', rule: 'busy' },
};

function rig({ supported = true, machine = undefined as Machine | undefined } = {}) {
  const log = recordingLog();
  const events = createEventBus(log);
  const call = vi.fn(async () => null as never);
  const notifications = {
    supported,
    show: vi.fn<(request: NotificationRequest) => void>(),
    close: vi.fn(),
    closeAll: vi.fn(),
  };
  const [show, attend] = [vi.fn(), vi.fn()];
  const connection = { call, subscribe: events.subscribe };
  tellOfMachines({ connection, notifications, show, machine: () => machine, attend, log });
  const buttons = () => notifications.show.mock.calls.at(-1)?.[0].buttons ?? [];
  return { events, call, notifications, show, attend, buttons };
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
  const { events, call, notifications } = rig({ supported: false });
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

test('an alert offers what its machine can do now, and a snooze; a press says which', () => {
  const machine = sampleMachine({ capabilities: ['stop', 'restart', 'console'] });
  const { events, attend, buttons } = rig({ machine });
  events.publish('notification.raised', firing);
  expect(buttons().map(({ caption }) => caption)).toEqual(['Restart now', 'Snooze 1 h', 'Console']);
  buttons()[1]?.pressed();
  expect(attend).toHaveBeenCalledExactlyOnceWith(firing, 'snooze');
});

test.each([
  ['a machine that ended offers no snooze', ended, ['start', 'console'], ['Restart now', 'Console']],
  ['a machine that can do nothing offers nothing', ended, [], []],
  ['what has no subject can be read only', { ...ended, subject: null }, ['restart', 'console'], []],
] as const)('%s', (_fact, notification, capabilities, captions) => {
  const { events, buttons } = rig({ machine: sampleMachine({ capabilities }) });
  events.publish('notification.raised', notification);
  expect(buttons().map(({ caption }) => caption)).toEqual(captions);
});

test('of a machine that is not known an alert can be snoozed only', () => {
  const { events, buttons } = rig();
  events.publish('notification.raised', firing);
  expect(buttons().map(({ id }) => id)).toEqual(['snooze']);
});

test('a notification about no machine leads to the alerts', () => {
  const { events, notifications, show } = rig();
  events.publish('notification.raised', { ...ended, machineId: '', subject: null });
  notifications.show.mock.calls[0]?.[0].clicked();
  expect(show).toHaveBeenCalledExactlyOnceWith({ page: 'alerts' });
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
