import { expect, test, vi } from 'vitest';
import type { CallName } from '../../../main/contract/calls.ts';
import type { DesktopNotification } from '../../../main/contract/notification.ts';
import { createAttend } from '../../../main/electron/attend.ts';
import { sampleMachine } from '../../support/sample-machine.ts';

const alert: DesktopNotification = {
  key: 'alert e1',
  title: 'demo: busy',
  body: 'It is.',
  severity: 'warning',
  machineId: 'm',
  machine: 'demo',
  at: '2026-01-01T00:00:00.000Z',
  subject: { kind: 'alert', episode: 'e1', rule: 'busy' },
  isOver: false,
};
const ended: DesktopNotification = { ...alert, key: 'machine m', subject: { kind: 'machine' } };

function rig(answers: Partial<Record<CallName, unknown>>) {
  const call = vi.fn(async (name: CallName, _input: unknown) => (answers[name] ?? {}) as never);
  const [show, refused] = [vi.fn(), vi.fn()];
  const attend = createAttend({ connection: { call, subscribe: () => () => {} } as never, show, refused });
  const done = (name: CallName) => call.mock.calls.filter(([asked]) => asked === name).map(([, input]) => input);
  return { attend, call, show, refused, done };
}
const firing = { 'alert.active': [{ id: 'e1', state: 'firing' }] };
const machineThat = (...capabilities: readonly ('restart' | 'start')[]) => ({
  'machine.get': { machine: sampleMachine({ capabilities }) },
});

test('restart restarts a machine that runs, as every face does, and starts one that does not', async () => {
  const running = rig({ ...firing, ...machineThat('restart') });
  running.attend(alert, 'restart');
  await vi.waitFor(() => expect(running.done('machine.restart')).toEqual([{ machine: 'm' }]));
  const stopped = rig({ ...firing, ...machineThat('start') });
  stopped.attend(alert, 'restart');
  await vi.waitFor(() => expect(stopped.done('machine.start')).toEqual([{ machine: 'm' }]));
});

test('snooze snoozes this rule of this machine for an hour; console shows it', async () => {
  const { attend, done, show } = rig(firing);
  attend(alert, 'snooze');
  await vi.waitFor(() => expect(done('alert.snooze')).toEqual([{ rule: 'busy', machine: 'm', seconds: 3600 }]));
  attend(alert, 'console');
  expect(show).toHaveBeenCalledExactlyOnceWith({ page: 'machine', id: 'm', tab: 'console' });
});

test.each(['restart', 'snooze'] as const)('%s of an alert that is over does nothing and says so', async (action) => {
  const { attend, call, refused } = rig({
    'alert.active': [
      { id: 'e1', state: 'pending' },
      { id: 'e2', state: 'firing' },
    ],
  });
  attend(alert, action);
  await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
  expect(refused.mock.calls[0]?.[0].message).toBe('The alert "demo: busy" is over already. Nothing was done.');
  expect(call.mock.calls.map(([name]) => name)).toEqual(['alert.active']);
});

test('restart of a machine that has been seen to does nothing and says so', async () => {
  const { attend, refused, done } = rig({ 'machine.get': { machine: sampleMachine({ capabilities: ['restart'] }) } });
  attend(ended, 'restart');
  await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
  expect(refused.mock.calls[0]?.[0].message).toMatch(/has been seen to already/);
  expect(done('machine.restart')).toEqual([]);
});

test('what the engine refuses is told', async () => {
  const { attend, call, refused } = rig({});
  call.mockRejectedValueOnce(new Error('gone'));
  attend(alert, 'snooze');
  await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
});
