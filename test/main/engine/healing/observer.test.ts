import { expect, it } from 'vitest';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { createObserverDesk } from '../../../../main/engine/healing/observer.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';

function observed(isNeeded: () => boolean) {
  const clock = new ManualClock();
  const seen = { descriptions: 0, fingerprint: 'home' };
  const observer = createObserverDesk({
    clock,
    log: recordingLog(),
    network: {
      describe: () => {
        seen.descriptions += 1;
        return { links: ['eth0'], gateway: null, fingerprint: seen.fingerprint };
      },
      hasRouteTo: async () => true,
      answers: async () => true,
      nameServerAnswers: async () => true,
    },
    signal: createStopSource().signal,
    isNeeded,
    witnesses: () => [],
  });
  const disturbance = async () => (await observer.look(0, null, 0)).disturbance?.what ?? null;
  return { clock, seen, observer, disturbance };
}

it('feels the pulse of this computer once a minute while nothing is watched, and every other second from then on', async () => {
  let isNeeded = false;
  const { clock, seen, observer, disturbance } = observed(() => isNeeded);
  await clock.advance(300_000);
  expect(seen.descriptions).toBe(6);
  isNeeded = true;
  // The wait under way is seen to be too long.
  await clock.advance(15_000);
  const before = seen.descriptions;
  await clock.advance(60_000);
  expect(seen.descriptions - before).toBe(30);
  expect(await disturbance()).toBeNull();
  isNeeded = false;
  await clock.advance(300_000);
  expect(await disturbance()).toBeNull();
  await observer.stop();
});

it.each([
  ['watched', true],
  ['not watched', false],
])('sees a sleep and another network at the next look while machines are %s', async (_, isNeeded) => {
  const { clock, seen, observer, disturbance } = observed(() => isNeeded);
  await clock.advance(90_000);
  clock.jumpWall(3_600_000);
  expect(await disturbance()).toBe('This computer slept, or its clock was set.');
  seen.fingerprint = 'away';
  await clock.advance(1000);
  expect(await disturbance()).toBe('The network of this computer changed.');
  await observer.stop();
});

it('sees that it was held up for more than a moment while machines are watched', async () => {
  const { clock, observer, disturbance } = observed(() => true);
  await clock.advance(90_000);
  clock.stall(5500);
  expect(await disturbance()).toBe('Vigil was held up.');
  await observer.stop();
});
