import { expect, it } from 'vitest';
import type { Operation } from '../../../../main/contract/operation.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { latch } from '../../../support/fake-ports.ts';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

it('that a machine was made is told when it is durable, and not before', async () => {
  const { engine, events, provider, store } = await engineUnderTest();
  const making = latch<void>();
  provider.createGate = making.promise;
  const begun = await engine.handlers['machine.create'](
    { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16, forwards: [], tags: [], start: false },
    someone,
  );
  const answers: Operation[] = [];
  const waited = Promise.resolve(engine.handlers['operation.wait']({ operation: begun.id }, someone)).then((ended) => {
    answers.push(ended);
  });
  const told = () => [...answers, ...events.of('operation.changed').filter(({ state }) => state !== 'running')];

  const disk = latch<void>();
  store.gate = disk.promise;
  making.open();
  await settled();
  expect(told()).toEqual([]);
  expect(engine.handlers['operation.list']({}, someone)).toMatchObject([{ id: begun.id, state: 'running' }]);

  disk.open();
  await waited;
  expect(told()).toMatchObject([
    { id: begun.id, state: 'done' },
    { id: begun.id, state: 'done' },
  ]);
  expect([...store.machines.values()]).toMatchObject([{ name: 'demo', state: 'stopped' }]);
});

it('that a machine was started its process shows, so nobody waits for the disk', async () => {
  const { create, engine, provider, store } = await engineUnderTest();
  await create({ name: 'demo' });
  const starting = latch<void>();
  provider.startGate = starting.promise;
  const begun = await engine.handlers['machine.start']({ machine: 'demo' }, someone);
  await expect.poll(() => provider.calls.at(-1)).toBe('start demo #1');
  store.gate = latch<void>().promise;
  starting.open();
  expect(await engine.handlers['operation.wait']({ operation: begun.id }, someone)).toMatchObject({ state: 'done' });
});
