import { expect, test, vi } from 'vitest';
import { VigilError } from '../../../main/contract/failure.ts';
import { createTrayActions } from '../../../main/electron/tray-actions.ts';
import type { TrayAction } from '../../../main/electron/tray-menu.ts';

function parts() {
  const call = vi.fn(async () => ({}) as never);
  const heard = { show: vi.fn(), openTerminal: vi.fn(async () => null), quit: vi.fn(), refused: vi.fn() };
  return { call, ...heard, perform: createTrayActions({ connection: { call, subscribe: () => () => {} }, ...heard }) };
}

test.each<[TrayAction, string, unknown]>([
  [{ kind: 'start', machine: 'm' }, 'machine.start', { machine: 'm' }],
  [{ kind: 'stop', machine: 'm' }, 'machine.stop', { machine: 'm' }],
  [{ kind: 'restart', machine: 'm' }, 'machine.restart', { machine: 'm' }],
  [{ kind: 'pause', machine: 'm' }, 'machine.pause', { machine: 'm' }],
  [{ kind: 'resume', machine: 'm' }, 'machine.resume', { machine: 'm' }],
  [{ kind: 'suspend', machine: 'm' }, 'machine.suspend', { machine: 'm' }],
  [
    { kind: 'snapshot', machine: 'm' },
    'snapshot.take',
    { machine: 'm', name: expect.stringMatching(/^\d{4}-\d\d-\d\d-\d{6}$/) },
  ],
  [{ kind: 'force-stop', machine: 'm' }, 'machine.stop', { machine: 'm', force: true }],
  [{ kind: 'pause-healing', seconds: 3600 }, 'lifecycle.pause', { seconds: 3600 }],
  [{ kind: 'pause-healing', seconds: null }, 'lifecycle.pause', { seconds: 'until-resumed' }],
  [{ kind: 'resume-healing' }, 'lifecycle.resume', {}],
  [{ kind: 'acknowledge', episode: 'e' }, 'alert.acknowledge', { episode: 'e' }],
  [{ kind: 'snooze', rule: 'busy', machine: 'm' }, 'alert.snooze', { rule: 'busy', machine: 'm', seconds: 3600 }],
])('%j asks for %s', (action, name, input) => {
  const { call, perform } = parts();
  perform(action);
  expect(call).toHaveBeenCalledExactlyOnceWith(name, input);
});

test.each<[TrayAction, unknown[]]>([
  [{ kind: 'open' }, []],
  [{ kind: 'new-machine' }, [{ page: 'new-machine' }]],
  [{ kind: 'open-machine', machine: 'm' }, [{ page: 'machine', id: 'm' }]],
  [
    { kind: 'open-machine', machine: 'm', at: '2026-01-01T00:00:00.000Z' },
    [{ page: 'machine', id: 'm', at: '2026-01-01T00:00:00.000Z' }],
  ],
  [{ kind: 'open-alerts' }, [{ page: 'alerts' }]],
])('%j shows the window at %j', (action, place) => {
  const { show, call, perform } = parts();
  perform(action);
  expect(show.mock.calls).toEqual([place]);
  expect(call).not.toHaveBeenCalled();
});

test('SSH opens the terminal of this desktop, and a refusal is told', async () => {
  const { call, openTerminal, refused, perform } = parts();
  openTerminal.mockRejectedValueOnce(new VigilError('refused', 'No terminal program was found.'));
  perform({ kind: 'open-terminal', machine: 'm' });
  expect(openTerminal).toHaveBeenCalledExactlyOnceWith('m');
  expect(call).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
});

test.each<TrayAction>([{ kind: 'pause-healing', seconds: null }, { kind: 'resume-healing' }])(
  'a refusal of %j is told too',
  async (action) => {
    const { call, refused, perform } = parts();
    call.mockRejectedValueOnce(new VigilError('unreachable', 'The engine is gone.'));
    perform(action);
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
  },
);

test('quit quits', () => {
  const { quit, perform } = parts();
  perform({ kind: 'quit' });
  expect(quit).toHaveBeenCalledOnce();
});

test('a refusal is told to the person who chose the verb', async () => {
  const { call, refused, perform } = parts();
  call.mockRejectedValueOnce(new VigilError('conflict', 'It is being stopped.'));
  perform({ kind: 'start', machine: 'm' });
  await vi.waitFor(() => expect(refused).toHaveBeenCalledWith({ code: 'conflict', message: 'It is being stopped.' }));
});
