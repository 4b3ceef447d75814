import { expect, test } from 'vitest';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';

const removed = { id: '1', name: 'demo' };

test('a listener that throws is logged and harms nobody', () => {
  const log = recordingLog();
  const bus = createEventBus(log);
  const heard: string[] = [];
  bus.subscribe('machine.removed', () => {
    throw new Error('bad listener');
  });
  bus.subscribe('machine.removed', ({ name }) => heard.push(name));
  bus.publish('machine.removed', removed);
  expect(heard).toEqual(['demo']);
  expect(log.lines).toHaveLength(1);
});

test('a listener that another one undoes hears nothing more, not even of the event under way', () => {
  const bus = createEventBus(recordingLog());
  const heard: string[] = [];
  bus.subscribe('machine.removed', () => undo());
  const undo = bus.subscribe('machine.removed', () => heard.push('late'));
  bus.publish('machine.removed', removed);
  expect(heard).toEqual([]);
});

test('the same function may listen twice; each undo ends one', () => {
  const bus = createEventBus(recordingLog());
  let count = 0;
  const listener = () => {
    count += 1;
  };
  const undo = bus.subscribe('machine.removed', listener);
  bus.subscribe('machine.removed', listener);
  undo();
  undo();
  bus.publish('machine.removed', removed);
  expect(count).toBe(1);
});

test('a listener added while an event is told hears the next one only', () => {
  const bus = createEventBus(recordingLog());
  const heard: number[] = [];
  bus.subscribe('machine.removed', () => bus.subscribe('machine.removed', () => heard.push(1)));
  bus.publish('machine.removed', removed);
  expect(heard).toEqual([]);
  bus.publish('machine.removed', removed);
  expect(heard).toEqual([1]);
});
