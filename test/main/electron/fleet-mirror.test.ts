import { beforeEach, expect, test } from 'vitest';
import type { CallName } from '../../../main/contract/calls.ts';
import type { Connection } from '../../../main/contract/connection.ts';
import { createFleetMirror } from '../../../main/electron/fleet-mirror.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { machine, operationOn, runningMachine } from './machines.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

let bus: ReturnType<typeof createEventBus>;
let answers: Partial<Record<CallName, () => unknown>>;
let changes: number;
let mirror: ReturnType<typeof createFleetMirror>;

beforeEach(() => {
  bus = createEventBus(recordingLog());
  changes = 0;
  answers = { 'machine.list': () => [machine('a')], 'operation.list': () => [], 'engine.notices': () => [] };
  const connection: Connection = {
    call: async (name) => answers[name]?.() as never,
    subscribe: bus.subscribe,
  };
  mirror = createFleetMirror(connection, () => {
    changes += 1;
  });
});

const connect = () => bus.publish('engine.connected', { host: 'app', pid: 1 });
const names = () => mirror.machines.map(({ name, state }) => `${name} ${state}`);

test('it knows nothing until there is an engine', () => {
  expect(names()).toEqual([]);
});

test('it reads everything when there is one, and follows it from then on', async () => {
  connect();
  await settle();
  expect(names()).toEqual(['a stopped']);
  bus.publish('machine.changed', runningMachine('a'));
  bus.publish('machine.changed', machine('b'));
  bus.publish('machine.removed', { id: 'id-of-a', name: 'a' });
  expect(names()).toEqual(['b stopped']);
  expect(changes).toBe(4);
});

test('an operation is there while it runs', () => {
  bus.publish('operation.changed', operationOn('a'));
  expect(mirror.operations).toHaveLength(1);
  bus.publish('operation.changed', operationOn('a', { state: 'failed' }));
  expect(mirror.operations).toHaveLength(0);
});

test('news that overtake the list are newer than the list', async () => {
  let answer: (machines: unknown) => void = () => {};
  answers['machine.list'] = () => new Promise((resolve) => (answer = resolve));
  connect();
  await settle();
  bus.publish('machine.changed', runningMachine('a'));
  bus.publish('machine.removed', { id: 'id-of-b', name: 'b' });
  answer([machine('a'), machine('b')]);
  await settle();
  expect(names()).toEqual(['a running']);
});

test('the list of an engine that left is dropped', async () => {
  let answer: (machines: unknown) => void = () => {};
  answers['machine.list'] = () => new Promise((resolve) => (answer = resolve));
  connect();
  await settle();
  bus.publish('engine.disconnected', { reason: 'gone' });
  answer([machine('old')]);
  await settle();
  expect(names()).toEqual([]);
});

test('it forgets everything when the engine leaves', async () => {
  connect();
  await settle();
  bus.publish('engine.disconnected', { reason: 'gone' });
  expect([mirror.machines, mirror.operations, mirror.notices]).toEqual([[], [], []]);
});

test('an engine that cannot answer does not harm it', async () => {
  answers['machine.list'] = () => {
    throw new Error('gone again');
  };
  connect();
  await settle();
  expect(names()).toEqual([]);
});

test('closed, it hears nothing more', () => {
  mirror.close();
  bus.publish('machine.changed', machine('a'));
  expect(names()).toEqual([]);
});
