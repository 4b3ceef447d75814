import { afterEach, expect, it } from 'vitest';
import { bridgeConnection } from '../../../renderer/client/bridge-connection.ts';
import { createRecentLines, type RecentLines } from '../../../renderer/client/recent-lines.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { runningMachine, storyId } from '../support/fleet-story.ts';
import { setSight } from '../support/page-in-sight.ts';

let lines: RecentLines;
afterEach(() => {
  setSight(true);
  lines.stop();
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

function open() {
  const bridge = fakeBridge(Array.from({ length: 600 }, (_, index) => runningMachine(index, `m-${index}`, 600)));
  let value = 1;
  bridge.answer('metrics.recent', ({ machines }) =>
    (machines as readonly string[]).map((machineId) => ({ machineId, cpuPercent: [value], memoryPercent: [1] })),
  );
  lines = createRecentLines(bridgeConnection(bridge));
  const asked = () =>
    bridge.asked
      .filter(({ name }) => name === 'metrics.recent')
      .map(({ input }) => (input as { machines: readonly string[] }).machines.length);
  const collect = (next: number) => {
    value = next;
    bridge.publish('metrics.collected', { at: new Date().toISOString(), samples: [] });
  };
  return { asked, collect };
}

it('are fetched for those alone that are looked at, in one question, and anew with every round', async () => {
  const { asked, collect } = open();
  const told: string[] = [];
  const undo = [3, 4].map((number) => lines.subscribe(storyId(number), () => told.push(storyId(number))));
  await settled();
  expect([asked(), told]).toEqual([[2], [storyId(3), storyId(4)]]);
  undo[0]?.();
  collect(2);
  await settled();
  expect([asked(), told.length]).toEqual([[2, 1], 3]);
  expect([lines.get(storyId(3))?.cpuPercent, lines.get(storyId(4))?.cpuPercent]).toEqual([[1], [2]]);
  // The same values again are no news.
  collect(2);
  await settled();
  expect([asked().length, told.length]).toEqual([3, 3]);
});

it('of more machines than one question may name take several', async () => {
  const { asked } = open();
  for (let number = 0; number < 600; number += 1) lines.subscribe(storyId(number), () => {});
  await settled();
  await settled();
  expect(asked()).toEqual([500, 100]);
});

it('are not fetched while nobody sees the page, and once when somebody does', async () => {
  const { asked, collect } = open();
  lines.subscribe(storyId(3), () => {});
  await settled();
  setSight(false);
  collect(2);
  collect(3);
  await settled();
  expect(asked()).toEqual([1]);
  setSight(true);
  await settled();
  expect([asked(), lines.get(storyId(3))?.cpuPercent]).toEqual([[1, 1], [3]]);
});
