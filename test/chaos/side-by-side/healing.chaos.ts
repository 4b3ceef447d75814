import { describe, expect, it } from 'vitest';
import { auditFaults } from '../../support/audit-faults.ts';
import { giveWay } from '../../support/give-way.ts';
import { cureRound, sleepRound } from '../../support/healing-trials.ts';
import { type NetworkRound, networkRound, watchedFleet } from '../../support/own-network-rounds.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** B27, B28 and B30 at their full number on the injected clock: the real engine, a hundred machines, a network made of words. */
const minute = 60_000;
const hour = 60 * minute;
const machines = 100;
/** A night of eight hours takes as long to play as a dozen of the others, which last twenty minutes at most. */
const short = Number(process.env.VIGIL_NETWORK_ROUNDS ?? 294);
const long = Math.ceil(short / 49);

giveWay();

describe('the own network is lost (B27)', () => {
  it(`${short + long} times, for ten seconds up to eight hours: no machine of a hundred is touched`, async () => {
    const random = seededRandom();
    const fleet = await watchedFleet(machines, random);
    const rounds: NetworkRound[] = [];
    for (let round = 0; round < short; round += 1) rounds.push(await networkRound(fleet, random, 20 * minute));
    for (let round = 0; round < long; round += 1) rounds.push(await networkRound(fleet, random, 8 * hour));
    await fleet.test.engine.stop();
    expect(auditFaults(fleet.test.store.journal)).toEqual([]);
    const kinds = new Map<string, number>();
    for (const { fault } of rounds) kinds.set(fault, (kinds.get(fault) ?? 0) + 1);
    console.log(
      `B27: R=0 M=${rounds.length} seed=${random.seed}; ${[...kinds].map((kind) => kind.join(' ')).join(', ')}`,
    );
    expect(rounds.filter(({ restarts, messages, stillSick }) => restarts > 0 || messages > 1 || stillSick > 0)).toEqual(
      [],
    );
  });

  it('the control: told that its own network is well, it restarts what it cannot see', async () => {
    const random = seededRandom();
    // Too few for their falling ill together to be told from chance.
    const fleet = await watchedFleet(2, random, { isBlind: true });
    const rounds: NetworkRound[] = [];
    for (let round = 0; round < 40; round += 1) rounds.push(await networkRound(fleet, random, hour));
    await fleet.test.engine.stop();
    expect(auditFaults(fleet.test.store.journal)).toEqual([]);
    const restarts = rounds.reduce((sum, round) => sum + round.restarts, 0);
    console.log(`B27 control: ${restarts} restarts in ${rounds.length} rounds`);
    expect(restarts).toBeGreaterThan(5);
  });
});

it('sleep and wake, 300 times from a minute to three days: no restart, no burst, and a check within an interval (B28)', async () => {
  const random = seededRandom();
  const fleet = await watchedFleet(machines, random);
  const rounds = [];
  for (let round = 0; round < 300; round += 1) rounds.push(await sleepRound(fleet, random));
  await fleet.test.engine.stop();
  expect(auditFaults(fleet.test.store.journal)).toEqual([]);
  console.log(`B28: R=0 M=${rounds.length} seed=${random.seed}`);
  expect(rounds.filter(({ restarts, bursts, late }) => restarts + bursts + late > 0)).toEqual([]);
});

it('460 real failures, all guards on: every one is healed (B30)', async () => {
  const random = seededRandom();
  const fleet = await watchedFleet(20, random);
  const rounds = [];
  for (let round = 0; round < 460; round += 1) rounds.push(await cureRound(fleet, random));
  await fleet.test.engine.stop();
  expect(auditFaults(fleet.test.store.journal)).toEqual([]);
  const slowest = Math.max(...rounds.map(({ tookMs }) => tookMs));
  console.log(`B30: R=0 M=${rounds.length} seed=${random.seed}; slowest ${Math.round(slowest / 1000)} s`);
  expect(rounds.filter(({ isHealed }) => !isHealed)).toEqual([]);
});
