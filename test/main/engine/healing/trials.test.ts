import { expect, it } from 'vitest';
import { auditFaults } from '../../../support/audit-faults.ts';
import { cureRound, sleepRound } from '../../../support/healing-trials.ts';
import { watchedFleet } from '../../../support/own-network-rounds.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const minute = 60_000;

it('B28 in short: a computer that slept or a process that was held up touches no machine and makes no burst', async () => {
  const random = seededRandom();
  const fleet = await watchedFleet(20, random);
  const rounds = [];
  for (let round = 0; round < 20; round += 1) rounds.push(await sleepRound(fleet, random));
  await fleet.test.engine.stop();
  expect(auditFaults(fleet.test.store.journal)).toEqual([]);
  console.log(`B28: R=0 M=${rounds.length} seed=${random.seed}`);
  expect(rounds.filter(({ restarts, bursts, late }) => restarts + bursts + late > 0)).toEqual([]);
}, 600_000);

it('B30 in short: what really fails is healed, with all guards on', async () => {
  const random = seededRandom();
  const fleet = await watchedFleet(20, random);
  const rounds = [];
  for (let round = 0; round < 30; round += 1) rounds.push(await cureRound(fleet, random));
  await fleet.test.engine.stop();
  expect(auditFaults(fleet.test.store.journal)).toEqual([]);
  const slowest = Math.max(...rounds.map(({ tookMs }) => tookMs));
  console.log(`B30: R=0 M=${rounds.length} seed=${random.seed}, slowest ${Math.round(slowest / 1000)} s`);
  expect(rounds.filter(({ isHealed }) => !isHealed)).toEqual([]);
  expect(slowest).toBeLessThanOrEqual(6 * minute);
}, 600_000);
