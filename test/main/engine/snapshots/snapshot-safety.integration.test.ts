import { expect, it } from 'vitest';
import { seededRandom } from '../../../support/seeded-random.ts';
import { runSnapshotSequences } from '../../../support/snapshot-sequences.ts';
import { tellSequences } from '../../../support/tell-sequences.ts';

/** B9 in short; `npm run test:chaos` runs 300. */
const count = Number(process.env.VIGIL_SEQUENCES ?? 60);

it(`${count} random sequences of snapshots, reverts, deletions and kills corrupt nothing and tear nothing`, async () => {
  const { seed } = seededRandom();
  const outcome = await runSnapshotSequences({ count, seed });
  console.log(tellSequences(outcome, count, seed));
  const { corrupt, jobsLeft, onHeldImages, orphans, torn, unexpected } = outcome;
  expect({ corrupt, jobsLeft, onHeldImages, orphans, torn, unexpected }).toEqual({
    corrupt: [],
    jobsLeft: [],
    onHeldImages: [],
    orphans: [],
    torn: [],
    unexpected: [],
  });
}, 900_000);
