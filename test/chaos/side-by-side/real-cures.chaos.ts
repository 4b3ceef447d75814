import { expect, it } from 'vitest';
import { giveWay } from '../../support/give-way.ts';
import { realCures } from '../../support/real-cures.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** B30 with real guests: QEMU is killed or stopped, or the guest's sshd is gone; all guards on, intervals of ten seconds. */
const rounds = Number(process.env.VIGIL_REAL_CURES ?? 5);
const engines = 8;

giveWay('what has deadlines');

it(`${engines * rounds} real failures of real guests are healed, and all of it is accounted for (B30, B32)`, async () => {
  const random = seededRandom();
  const settled = await Promise.allSettled(
    Array.from({ length: engines }, (_, index) => realCures(rounds, seededRandom(random.seed + index))),
  );
  // Not before the others are over as well: each ends what it has started.
  const outcomes = settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  const cures = outcomes.flatMap((outcome) => outcome.cures);
  const slowest = Math.max(...cures.map(({ tookMs }) => tookMs ?? Number.POSITIVE_INFINITY));
  const kinds = new Map<string, number>();
  for (const { failure, rung } of cures) kinds.set(`${failure}: ${rung}`, (kinds.get(`${failure}: ${rung}`) ?? 0) + 1);
  console.log(
    `B30: R=${cures.length} M=0 seed=${random.seed}; slowest ${Math.round(slowest / 1000)} s; ${[...kinds].map((kind) => kind.join(' x ')).join(', ')}`,
  );
  expect(cures.filter(({ tookMs }) => tookMs === null)).toEqual([]);
  expect(cures).toHaveLength(engines * rounds);
  expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
});
