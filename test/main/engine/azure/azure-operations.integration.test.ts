import { expect, it } from 'vitest';
import { azureOperationRounds } from '../../../support/azure-operation-rounds.ts';

it('B40 (6 of 100): an engine that dies around an order to Azure sends it at most once, and its outcome is recorded', async () => {
  const { rounds, faults } = await azureOperationRounds({ seed: 40, rounds: 6 });
  expect(faults).toEqual([]);
  expect(rounds.some(({ diedAt }) => diedAt !== null)).toBe(true);
});

it('B40 catches an adapter that sends an order twice', async () => {
  const { faults } = await azureOperationRounds({
    seed: 41,
    rounds: 3,
    isSpared: true,
    through: (azure) => ({
      ...azure,
      send: async (order, signal) => {
        await azure.send(order, signal);
        return azure.send(order, signal);
      },
    }),
  });
  expect(faults.join('\n')).toMatch(/was sent 2 times for one decision/);
});
