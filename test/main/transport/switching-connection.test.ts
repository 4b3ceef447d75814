import { expect, test } from 'vitest';
import { createDispatcher } from '../../../main/transport/dispatcher.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { createInProcessConnection } from '../../../main/transport/in-process-connection.ts';
import { createSwitchingConnection } from '../../../main/transport/switching-connection.ts';
import { fakeHandlers } from '../../support/fake-handlers.ts';
import { recordingLog } from '../../support/recording-log.ts';

const user = { user: 'ada', face: 'app' } as const;
const first = { host: 'headless', pid: 1 } as const;

function engine(handlers = fakeHandlers()) {
  const bus = createEventBus(recordingLog());
  return { bus, connection: createInProcessConnection(createDispatcher(handlers, recordingLog()), bus, user) };
}

test('without an engine every call fails as unreachable', async () => {
  const switching = createSwitchingConnection(recordingLog());
  await expect(switching.call('engine.status', {})).rejects.toMatchObject({ code: 'unreachable' });
});

test('calls and events go to and come from the engine in use, and from no earlier one', async () => {
  const switching = createSwitchingConnection(recordingLog());
  const [one, two] = [engine(fakeHandlers({ 'operation.list': () => [] })), engine()];
  const heard: string[] = [];
  switching.subscribe('machine.removed', ({ name }) => heard.push(name));
  switching.subscribe('engine.connected', ({ pid }) => heard.push(`engine ${pid}`));
  switching.subscribe('engine.disconnected', ({ reason }) => heard.push(reason));
  switching.use(one.connection, first);
  one.bus.publish('machine.removed', { id: '1', name: 'from one' });
  expect(await switching.call('operation.list', {})).toEqual([]);
  switching.use(two.connection, { host: 'app', pid: 2 });
  one.bus.publish('machine.removed', { id: '1', name: 'too late' });
  two.bus.publish('machine.removed', { id: '1', name: 'from two' });
  switching.drop('It ended.');
  switching.drop('It ended.');
  expect(heard).toEqual(['engine 1', 'from one', 'Another engine took over.', 'engine 2', 'from two', 'It ended.']);
  expect(switching.engine).toBeNull();
});

test('a call under way fails when its engine is dropped, even if that engine never answers', async () => {
  const switching = createSwitchingConnection(recordingLog());
  const { connection } = engine(fakeHandlers({ 'operation.list': () => new Promise(() => undefined) }));
  switching.use(connection, first);
  const call = switching.call('operation.list', {});
  switching.drop('The engine was stopped.');
  await expect(call).rejects.toMatchObject({
    code: 'unreachable',
    message: 'No engine is running: The engine was stopped.',
  });
});
