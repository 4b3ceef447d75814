import { expect, it } from 'vitest';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { latch } from '../../../support/fake-ports.ts';

it('what was asked for while something else was under way is not done to the machine that came of it', async () => {
  const { create, definitions, engine, provider } = await engineUnderTest();
  await create({ name: 'demo' });
  const starting = latch<void>();
  provider.startGate = starting.promise;
  const first = await engine.handlers['machine.start']({ machine: 'demo' }, someone);
  await expect.poll(() => provider.calls.at(-1)).toBe('start demo #1');

  const reading = latch<void>();
  const read = definitions.read.bind(definitions);
  let isAsked = false;
  definitions.read = async (name) => {
    isAsked = true;
    await reading.promise;
    return read(name);
  };
  const second = Promise.resolve(engine.handlers['machine.edit']({ machine: 'demo', change: { cpus: 3 } }, someone));
  await expect.poll(() => isAsked).toBe(true);
  starting.open();
  await engine.handlers['operation.wait']({ operation: first.id }, someone);
  reading.open();

  await expect(second).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('has changed') });
  expect((await engine.handlers['machine.get']({ machine: 'demo' }, someone)).machine).toMatchObject({
    state: 'running',
    cpus: 2,
  });
});

it('of two that ask at one moment one has the machine', async () => {
  const { create, engine, provider } = await engineUnderTest();
  await create({ name: 'demo' });
  const asked = [1, 2, 3].map(() => engine.handlers['machine.start']({ machine: 'demo' }, someone));
  const answers = await Promise.allSettled(asked);
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect.poll(() => provider.calls.filter((call) => call.startsWith('start'))).toEqual(['start demo #1']);
});
