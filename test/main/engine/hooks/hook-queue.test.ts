import { expect, test } from 'vitest';
import { createHookQueue } from '../../../../main/engine/hooks/hook-queue.ts';
import { latch } from '../../../support/fake-ports.ts';

/** Work that ends when it is told to. */
function rig(atOnce = 2, waiting = 3) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = createHookQueue<string>({ atOnce, waiting }, async (item) => {
    begun.push(item);
    const { promise, open } = latch<void>();
    ends.set(item, () => open());
    await promise;
  });
  const end = async (item: string): Promise<void> => {
    ends.get(item)?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { queue, begun, end };
}
const join = (waiting: string, late: string): string => `${waiting}+${late}`;

test('no more than its share runs at once, in the order they came', async () => {
  const { queue, begun, end } = rig();
  for (const key of ['a', 'b', 'c', 'd']) queue.add(key, key, join);
  expect(begun).toEqual(['a', 'b']);
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('of one key none runs beside another, and those that wait become one', async () => {
  const { queue, begun, end } = rig();
  const answers = ['1', '2', '3'].map((item) => queue.add('a', item, join));
  expect(answers).toEqual(['added', 'added', 'folded']);
  expect(begun).toEqual(['1']);
  await end('1');
  expect(begun).toEqual(['1', '2+3']);
});

test('what may not be folded waits for itself', async () => {
  const { queue, begun, end } = rig(1);
  queue.add('a', '1', join);
  queue.add('a', '2', join);
  queue.add('a', 'test', null);
  await end('1');
  await end('2');
  expect(begun).toEqual(['1', '2', 'test']);
});

test('beyond its room it takes nothing more', () => {
  const { queue } = rig(1, 2);
  expect(['a', 'b', 'c', 'd'].map((key) => queue.add(key, key, join))).toEqual(['added', 'added', 'added', 'full']);
});

test('a stop hands back what waited, begins nothing and ends with what runs', async () => {
  const { queue, begun, end } = rig(1);
  queue.add('a', 'a', join);
  queue.add('b', 'b', join);
  const { dropped, ended } = queue.stop();
  expect(dropped).toEqual(['b']);
  expect(queue.add('c', 'c', join)).toBe('full');
  await end('a');
  await ended;
  expect(begun).toEqual(['a']);
});
