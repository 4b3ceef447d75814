import { expect, it } from 'vitest';
import { azureOperationRounds } from '../support/azure-operation-rounds.ts';

it('B40: 100 deaths around orders to Azure, three of ten requests failing, a wrong clock, a sign-in that is revoked: one POST for a decision at most, and every outcome recorded', async () => {
  const { rounds, faults } = await azureOperationRounds({ seed: 2026, rounds: 110 });
  expect(faults).toEqual([]);
  const died = rounds.filter(({ diedAt }) => diedAt !== null);
  expect(died.length).toBeGreaterThanOrEqual(100);
  // Some died before anything was durable, some before the order was taken, and some after.
  expect(rounds.some(({ end }) => end === null)).toBe(true);
  expect(died.some(({ accepted, end }) => accepted === 1 && end === 'done')).toBe(true);
  expect(died.some(({ accepted, end }) => accepted === 0 && end === 'failed')).toBe(true);
});
