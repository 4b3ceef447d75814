import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/seeded-random.ts';
import { runSnapshotSequences } from '../support/snapshot-sequences.ts';
import { tellSequences } from '../support/tell-sequences.ts';

/**
 * B9: machines that write to their disks without end are saved, taken back, suspended, grown, stopped and killed at random,
 * and the engine with them. No image is corrupt, no memory is given a disk of another moment, no tool touches a held image.
 */
const count = Number(process.env.VIGIL_SEQUENCES ?? 300);

describe('snapshot safety (B9)', () => {
  it(`${count} random sequences corrupt nothing, tear nothing and leave nothing`, async () => {
    const { seed } = seededRandom();
    const outcome = await runSnapshotSequences({ count, seed, lanes: 6 });
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
  });

  it('the control: with locks off and the image tool let loose, images are destroyed and every witness says so', async () => {
    const outcome = await runSnapshotSequences({
      count: 12,
      seed: 1,
      engine: 'test/support/engine-without-locks.ts',
    });
    console.log(`B9 control: ${tellSequences(outcome, 12, 1)}`);
    expect(outcome.corrupt.length).toBeGreaterThan(0);
    expect(outcome.onHeldImages.length).toBeGreaterThan(0);
  });
});
