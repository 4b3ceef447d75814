import { expect, it } from 'vitest';
import { canaryRound } from '../../support/canary-round.ts';

/** B26: a canary for every place that can hold a secret, one round of all that goes wrong, and a look everywhere. */
const leastCanaries = 30;

it('no secret is found outside of where it was put, whatever goes wrong', async () => {
  const { canaries, places, hits, delivered, refused } = await canaryRound();
  console.log(
    `B26: R=1 M=${hits.length}; ${canaries} canaries, ${places.length} places, ${delivered} delivered, ${refused} requests`,
  );
  expect(canaries).toBeGreaterThanOrEqual(leastCanaries);
  expect(hits).toEqual([]);
  // What was looked through is what was written, said and sent.
  for (const kind of [
    /^state\.db$/,
    /^state\.db-(wal|shm) \((after a kill|while it ran)\)$/,
    /^socket \d/,
    /^logs\//,
    /^event journal/,
    /^call channel\.list/,
    /^answer /,
    /^mail /,
    /^hook$/,
  ])
    expect(
      places.some(({ name }) => kind.test(name)),
      String(kind),
    ).toBe(true);
  expect(places.some(({ name, text }) => name.startsWith('process') && text.includes('qemu-system'))).toBe(true);
  expect(places.some(({ name, text }) => name.startsWith('message') && text.includes('demo'))).toBe(true);
  expect(delivered).toBeGreaterThanOrEqual(6);
});

it('control: a canary where no secret belongs is found in files, answers, calls, events and messages', async () => {
  const { hits } = await canaryRound({ leak: true });
  console.log('control:', hits);
  for (const where of [/state\.db/, /-wal/, /socket/, /answer/, /call /, /event /, /message/, /mail/])
    expect(
      hits.some((hit) => where.test(hit)),
      String(where),
    ).toBe(true);
});
