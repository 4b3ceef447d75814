import { expect, test, vi } from 'vitest';
import type { NotificationRequest } from '../../../main/electron/notifications.ts';
import { createServiceNotifications } from '../../../main/electron/service-notifications.ts';

interface Shown {
  readonly replaces: number;
  readonly title: string;
  readonly actions: readonly (readonly [string, string])[];
}

function rig({ present = true } = {}) {
  const shown: Shown[] = [];
  const closed: number[] = [];
  let press: (id: number, action: string) => void = () => undefined;
  let leave: () => void = () => undefined;
  const found = {
    show: vi.fn(async (notification: Shown) => {
      shown.push(notification);
      return notification.replaces === 0 ? shown.length : notification.replaces;
    }),
    close: async (id: number) => void closed.push(id),
    onAction: (listener: typeof press) => {
      press = listener;
    },
    onClosed: () => undefined,
    gone: new Promise<void>((resolve) => {
      leave = resolve;
    }),
  };
  const find = vi.fn(async () => (present ? found : null));
  const otherwise = vi.fn();
  const icon = {
    resize: () => ({ getSize: () => ({ width: 1, height: 1 }), toBitmap: () => Buffer.of(1, 2, 3, 4) }),
  } as never;
  const notifications = createServiceNotifications({ find, icon, otherwise });
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    notifications,
    shown,
    closed,
    found,
    find,
    otherwise,
    settled,
    press: (id: number, action: string) => press(id, action),
    leave: () => leave(),
  };
}

const request = (changes: Partial<NotificationRequest> = {}): NotificationRequest => ({
  key: 'alert 1',
  title: 'web: busy',
  body: 'It is.',
  critical: true,
  clicked: () => undefined,
  ...changes,
});

test('shows buttons beside the click, with the picture in its colours', async () => {
  const { notifications, found, shown, settled } = rig();
  notifications.show(request({ buttons: [{ id: 'restart', caption: 'Restart now', pressed: () => undefined }] }));
  await settled();
  expect(shown[0]?.actions).toEqual([
    ['default', 'Open'],
    ['restart', 'Restart now'],
  ]);
  expect(found.show.mock.calls[0]?.[0]).toMatchObject({ picture: { rgba: new Uint8Array([3, 2, 1, 4]) } });
});

test('a newer one takes the place of the older; what is over comes anew and the older is closed', async () => {
  const { notifications, shown, closed, settled } = rig();
  notifications.show(request());
  await settled();
  notifications.show(request({ title: 'web: busy, still' }));
  await settled();
  expect(shown.map(({ replaces }) => replaces)).toEqual([0, 1]);
  notifications.show(request({ title: 'web: busy is over', isFresh: true }));
  await settled();
  expect(closed).toEqual([1]);
  expect(shown[2]?.replaces).toBe(0);
});

test('a press does what its button says, once, and takes the notification away', async () => {
  const { notifications, press, closed, settled } = rig();
  const [clicked, pressed] = [vi.fn(), vi.fn()];
  notifications.show(request({ clicked, buttons: [{ id: 'restart', caption: 'Restart now', pressed }] }));
  await settled();
  press(1, 'restart');
  press(1, 'restart');
  press(9, 'default');
  await settled();
  expect(pressed).toHaveBeenCalledOnce();
  expect(clicked).not.toHaveBeenCalled();
  expect(closed).toEqual([1]);
});

test('one that is taken back before the desktop has it is never shown', async () => {
  const { notifications, shown, settled } = rig();
  notifications.show(request());
  notifications.close('alert 1');
  await settled();
  expect(shown).toEqual([]);
  expect(notifications.keys()).toEqual([]);
});

test('where there is no service, or it refuses, another way shows it', async () => {
  const without = rig({ present: false });
  without.notifications.show(request());
  await without.settled();
  expect(without.otherwise).toHaveBeenCalledOnce();
  const refusing = rig();
  refusing.found.show.mockRejectedValueOnce(new Error('no'));
  refusing.notifications.show(request());
  await refusing.settled();
  expect(refusing.otherwise).toHaveBeenCalledOnce();
});

test('a service that went is looked for again', async () => {
  const { notifications, find, leave, settled } = rig();
  notifications.show(request());
  await settled();
  leave();
  await settled();
  notifications.show(request());
  await settled();
  expect(find).toHaveBeenCalledTimes(2);
});
