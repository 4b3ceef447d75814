import { expect, it } from 'vitest';
import { auditFaults } from '../../../support/audit-faults.ts';
import { networkRound, watchedFleet } from '../../../support/own-network-rounds.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const rounds = Number(process.env.VIGIL_NETWORK_ROUNDS ?? 14);
const hour = 3_600_000;

it(`B27 in short: ${rounds} troubles of our own network, no machine is touched`, async () => {
  const random = seededRandom();
  const fleet = await watchedFleet(20, random);
  const seen = [];
  for (let round = 0; round < rounds; round += 1) seen.push(await networkRound(fleet, random, hour / 2));
  await fleet.test.engine.stop();
  expect(auditFaults(fleet.test.store.journal)).toEqual([]);
  const bad = seen.filter(({ restarts, messages, stillSick }) => restarts > 0 || messages > 1 || stillSick > 0);
  console.log(`B27: R=0 M=${rounds} seed=${random.seed}`);
  expect(bad).toEqual([]);
}, 600_000);

it('B27, the control: told that its own network is well, Vigil restarts what it cannot see', async () => {
  const random = seededRandom();
  // Too few to be told from each other, so that nobody can wonder at their falling ill together.
  const fleet = await watchedFleet(2, random, { isBlind: true });
  const seen = [];
  for (let round = 0; round < rounds; round += 1) seen.push(await networkRound(fleet, random, hour / 2));
  await fleet.test.engine.stop();
  expect(auditFaults(fleet.test.store.journal)).toEqual([]);
  expect(seen.reduce((sum, { restarts }) => sum + restarts, 0)).toBeGreaterThan(0);
}, 600_000);
