import { expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';

it('the next life of the engine lists what ended and why, newest first, and what was cut short says so', async () => {
  const first = await engineUnderTest();
  await first.create({ name: 'demo' });
  await first.clock.advance(1000);
  first.provider.startError = new VigilError('refused', 'QEMU said no');
  await first.ended(first.engine.handlers['machine.start']({ machine: 'demo' }, someone));
  await first.clock.advance(1000);
  first.provider.startError = null;
  first.provider.startGate = new Promise(() => {});
  const cut = await first.engine.handlers['machine.start']({ machine: 'demo' }, someone);
  await expect.poll(() => first.provider.calls.at(-1)).toBe('start demo #2');

  const { store, provider, definitions } = first;
  const second = await engineUnderTest({ store, provider, definitions });
  const listed = await second.engine.handlers['operation.list']({}, someone);
  expect(listed.map(({ kind, state, error }) => [kind, state, error?.message ?? null])).toEqual([
    ['start', 'failed', 'Vigil ended during the start.'],
    ['start', 'failed', 'QEMU said no'],
    ['create', 'done', null],
  ]);
  expect(await second.engine.handlers['operation.wait']({ operation: cut.id }, someone)).toMatchObject({
    state: 'failed',
    cancellable: false,
  });
});
