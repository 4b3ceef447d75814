import { expect, test, vi } from 'vitest';
import type { CallName } from '../../../main/contract/calls.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { createAskBeforeQuit } from '../../../main/electron/ask-before-quit.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { machine, operationOn, runningMachine } from './machines.ts';

function rig(machines: readonly Machine[], button: number, operations: readonly Operation[] = []) {
  const events = createEventBus(recordingLog());
  const answers = new Map<CallName, (input: never) => unknown>([
    ['machine.stop', ({ machine: id }: { machine: string }) => operationOn(id, { id: `stop ${id}` })],
    ['operation.wait', ({ operation }: { operation: string }) => operationOn('x', { id: operation, state: 'done' })],
  ]);
  const call = vi.fn(async (name: CallName, input: unknown) => answers.get(name)?.(input as never) as never);
  const ask = vi.fn(async () => button);
  const heard = { tell: vi.fn(), quit: vi.fn() };
  const wish = createAskBeforeQuit({
    connection: { call, subscribe: events.subscribe },
    fleet: { machines, operations },
    ask,
    ...heard,
  });
  return { wish, call, ask, answers, events, ...heard };
}

test('quits without a word when nothing runs', async () => {
  const { wish, ask, quit } = rig([machine('a')], 2);
  await wish();
  expect(ask).not.toHaveBeenCalled();
  expect(quit).toHaveBeenCalledOnce();
});

test('Quit leaves machines alone', async () => {
  const { wish, call, quit } = rig([runningMachine('a')], 0);
  await wish();
  expect(call).not.toHaveBeenCalled();
  expect(quit).toHaveBeenCalledOnce();
});

test('Cancel, and a dialog closed by its frame, do nothing', async () => {
  const { wish, call, quit } = rig([runningMachine('a')], 2);
  await wish();
  expect(call).not.toHaveBeenCalled();
  expect(quit).not.toHaveBeenCalled();
});

test('Stop all stops every running machine, waits for each, then quits', async () => {
  const { wish, call, quit } = rig([runningMachine('a'), machine('b'), runningMachine('c')], 1);
  await wish();
  expect(call.mock.calls).toEqual([
    ['machine.stop', { machine: 'id-of-a' }],
    ['machine.stop', { machine: 'id-of-c' }],
    ['operation.wait', { operation: 'stop id-of-a' }],
    ['operation.wait', { operation: 'stop id-of-c' }],
  ]);
  expect(quit).toHaveBeenCalledOnce();
});

test('a stop that is under way is waited for, not asked for again', async () => {
  const { wish, call, quit } = rig([runningMachine('a')], 1, [operationOn('a')]);
  await wish();
  expect(call.mock.calls).toEqual([['operation.wait', { operation: 'operation-on-a' }]]);
  expect(quit).toHaveBeenCalledOnce();
});

test('one that is refused or fails is told by name and reason, and the app stays', async () => {
  const { wish, answers, quit, tell } = rig([runningMachine('a'), runningMachine('b')], 1);
  answers.set('machine.stop', ({ machine: id }: { machine: string }) => {
    if (id === 'id-of-a') throw new VigilError('conflict', 'It is being created.');
    return operationOn('b', { id: 'stop b' });
  });
  answers.set('operation.wait', () =>
    operationOn('b', { state: 'failed', error: { code: 'timeout', message: 'Its process would not end.' } }),
  );
  await wish();
  expect(quit).not.toHaveBeenCalled();
  expect(tell).toHaveBeenCalledExactlyOnceWith({
    message: '2 machines could not be stopped. Vigil goes on.',
    detail: 'a: It is being created.\nb: Its process would not end.',
  });
});

test('two wishes make one question', async () => {
  const { wish, ask } = rig([runningMachine('a')], 2);
  await Promise.all([wish(), wish()]);
  expect(ask).toHaveBeenCalledOnce();
});

test('a wish while machines are being stopped asks again, and Quit does not wait for them', async () => {
  const { wish, ask, answers, quit } = rig([runningMachine('a')], 1);
  answers.set('operation.wait', () => new Promise(() => {}));
  void wish();
  await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce());
  ask.mockResolvedValueOnce(0);
  await vi.waitFor(async () => {
    await wish();
    expect(quit).toHaveBeenCalled();
  });
});

test('it knows whether the engine is its own', async () => {
  const { wish, ask, events } = rig([runningMachine('a')], 2);
  events.publish('engine.connected', { host: 'headless', pid: 1 });
  await wish();
  expect(ask).toHaveBeenCalledWith(expect.objectContaining({ detail: expect.stringContaining('engine runs on') }));
});
