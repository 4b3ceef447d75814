import { expect, test } from 'vitest';
import type { Episode } from '../../../main/contract/alert.ts';
import { createAlertMirror } from '../../../main/electron/alert-mirror.ts';
import { createEventBus } from '../../../main/transport/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { sampleEpisode } from '../../support/sample-episode.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function rig() {
  const bus = createEventBus(recordingLog());
  const answers: ((episodes: readonly Episode[]) => void)[] = [];
  const call = () => new Promise((resolve) => answers.push(resolve)) as never;
  let changes = 0;
  const mirror = createAlertMirror({ call, subscribe: bus.subscribe }, () => {
    changes += 1;
  });
  const connect = () => bus.publish('engine.connected', { host: 'app', pid: 1 });
  const change = () => bus.publish('alerts.changed', { at: '' });
  return { bus, answers, mirror, connect, change, changes: () => changes };
}

test('it asks when there is an engine and when alerts change, and tells', async () => {
  const { answers, mirror, connect, change, changes } = rig();
  expect(mirror.alerts).toEqual([]);
  connect();
  answers[0]?.([sampleEpisode(), sampleEpisode({ state: 'pending' })]);
  await settle();
  expect(mirror.alerts).toHaveLength(1);
  change();
  answers[1]?.([]);
  await settle();
  expect(mirror.alerts).toEqual([]);
  expect(changes()).toBe(2);
});

test('however much happens while it asks, it asks once more', async () => {
  const { answers, mirror, connect, change } = rig();
  connect();
  for (let times = 0; times < 100; times += 1) change();
  expect(answers).toHaveLength(1);
  answers[0]?.([]);
  await settle();
  expect(answers).toHaveLength(2);
  answers[1]?.([sampleEpisode()]);
  await settle();
  expect(mirror.alerts).toHaveLength(1);
  expect(answers).toHaveLength(2);
});

test('a late answer of an engine that has gone is dropped', async () => {
  const { bus, answers, mirror, connect } = rig();
  connect();
  bus.publish('engine.disconnected', { reason: 'gone' });
  answers[0]?.([sampleEpisode()]);
  await settle();
  expect(mirror.alerts).toEqual([]);
});
