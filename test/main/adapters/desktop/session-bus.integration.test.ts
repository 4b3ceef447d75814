import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findNotificationService } from '../../../../main/adapters/desktop/notification-service.ts';
import { openSessionBus } from '../../../../main/adapters/desktop/session-bus.ts';
import { type Bus, openBus } from '../../../support/desktop-session/bus.ts';
import {
  createNotificationService,
  notificationsName,
  notificationsPath,
} from '../../../support/desktop-session/notification-service.ts';
import { eventually } from '../../../support/eventually.ts';

/** A real bus of its own. */
let daemon: ChildProcess;
let address = '';
beforeAll(async () => {
  daemon = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (daemon.stdout === null) throw new Error('The bus says nothing.');
  [address] = (await once(createInterface(daemon.stdout), 'line')) as [string];
});
afterAll(() => void daemon.kill('SIGKILL'));

const notification = {
  replaces: 0,
  title: 'web: busy',
  body: 'It is.',
  actions: [
    ['default', 'Open'],
    ['restart', 'Restart now'],
  ],
  isCritical: true,
  picture: { width: 1, height: 1, rgba: new Uint8Array([1, 2, 3, 4]) },
} as const;

async function serving(presses: (bus: Bus, id: number) => void = () => undefined) {
  const previous = process.env.DBUS_SESSION_BUS_ADDRESS;
  process.env.DBUS_SESSION_BUS_ADDRESS = address;
  const notifications = createNotificationService();
  const bus: Bus = await openBus((call) => {
    const answer = notifications.serve(call);
    // In the very turn in which the answer is sent.
    if (call.member === 'Notify') queueMicrotask(() => presses(bus, Number(answer?.body[0])));
    return answer;
  });
  process.env.DBUS_SESSION_BUS_ADDRESS = previous;
  await bus.own(notificationsName);
  return {
    shown: notifications.shown,
    end: async () => {
      await bus.release(notificationsName);
      bus.close();
    },
  };
}

it('shows, replaces and closes a notification with its buttons', async () => {
  const { shown, end } = await serving();
  const service = await findNotificationService(address);
  const id = await service?.show(notification);
  expect(shown[0]).toMatchObject({ id, title: 'web: busy', urgency: 2, expiresMs: 0, replaced: 0, closed: false });
  expect(shown[0]?.actions).toEqual(['default', 'Open', 'restart', 'Restart now']);
  expect(await service?.show({ ...notification, replaces: id ?? 0, title: 'web: still' })).toBe(id);
  expect(shown[0]).toMatchObject({ title: 'web: still', replaced: 1 });
  await service?.close(id ?? 0);
  expect(shown[0]?.closed).toBe(true);
  await end();
});

it('hears a press that comes together with the answer, after whoever waits for the answer has it', async () => {
  const { end } = await serving((bus, id) =>
    bus.emit(notificationsPath, notificationsName, 'ActionInvoked', 'us', [id, 'restart']),
  );
  const service = await findNotificationService(address);
  const order: string[] = [];
  service?.onAction((id, action) => order.push(`${action} ${id}`));
  void service?.show(notification).then((id) => order.push(`shown ${id}`));
  await eventually('both', () => order.length === 2);
  expect(order).toEqual(['shown 1', 'restart 1']);
  await end();
});

it('there is no service where nobody is, where there are no buttons, and where there is no bus', async () => {
  expect(await findNotificationService(address)).toBeNull();
  expect(await findNotificationService(undefined)).toBeNull();
  expect(await findNotificationService('unix:path=/nowhere/bus')).toBeNull();
  await expect(openSessionBus('tcp:host=localhost')).rejects.toMatchObject({ code: 'unreachable' });
});
