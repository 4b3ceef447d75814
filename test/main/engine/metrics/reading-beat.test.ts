import { expect, it } from 'vitest';
import { Settings } from '../../../../main/contract/settings.ts';
import { createReadingBeat } from '../../../../main/engine/metrics/reading-beat.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const second = 1000;

function beatWith(machine_interval_seconds: Record<string, number>) {
  const clock = new ManualClock();
  const { collection } = Settings.parse({ collection: { machine_interval_seconds } });
  const beat = createReadingBeat({
    clock,
    collection: () => collection,
    nameOf: (id) => (id === 'gone' ? undefined : id),
  });
  /** Who was read in each round of a time. */
  const rounds = async (count: number, ids: readonly string[]): Promise<readonly string[]> => {
    const read: string[] = [];
    for (let round = 0; round < count; round += 1) {
      const begun = beat.begin(ids);
      read.push(ids.filter((id) => begun.isDue(id)).join());
      await clock.advance(beat.roundMs());
    }
    return read;
  };
  return { clock, beat, rounds };
}

it('without intervals of their own all machines are read in every round', async () => {
  const { beat, rounds } = beatWith({});
  expect(await rounds(3, ['a', 'b'])).toEqual(['a,b', 'a,b', 'a,b']);
  expect(beat.roundMs()).toBe(60 * second);
});

it('a machine with a longer interval rests in between, the others keep their beat', async () => {
  const { beat, rounds } = beatWith({ b: 180 });
  expect(await rounds(7, ['a', 'b'])).toEqual(['a,b', 'a', 'a', 'a,b', 'a', 'a', 'a,b']);
  expect([beat.roundMs(), beat.intervalMs('b'), beat.intervalMs('a')]).toEqual([
    60 * second,
    180 * second,
    60 * second,
  ]);
});

it('a machine with a shorter one is read more often, and alone', async () => {
  const { beat, rounds } = beatWith({ b: 20 });
  expect(await rounds(7, ['a', 'b'])).toEqual(['a,b', 'b', 'b', 'a,b', 'b', 'b', 'a,b']);
  expect(beat.roundMs()).toBe(20 * second);
});

it('an interval of a machine that is not there drives no round', async () => {
  const { beat, rounds } = beatWith({ b: 10, constructor: 10 });
  await rounds(1, ['a', 'b']);
  await rounds(1, ['a']);
  expect(beat.roundMs()).toBe(60 * second);
});

it('a round tells how late it began, whatever the wall clock does', async () => {
  const { beat, clock } = beatWith({});
  expect(beat.begin(['a']).lateMs).toBe(0);
  clock.jumpWall(8 * 3600 * second);
  await clock.advance(75 * second);
  expect(beat.begin(['a']).lateMs).toBe(15 * second);
  await clock.advance(60 * second);
  expect(beat.begin(['a']).lateMs).toBe(0);
});
