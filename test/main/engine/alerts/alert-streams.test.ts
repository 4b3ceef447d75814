import { expect, it } from 'vitest';
import { randomStream, turnsByMeaning, turnsOf } from '../../../support/alert-streams.ts';

it('agrees with the meaning of the rule at every look of 500 random streams, through sleeps, restarts and set clocks', () => {
  let turns = 0;
  for (let seed = 1; seed <= 500; seed += 1) {
    const stream = randomStream(seed);
    const expected = turnsByMeaning(stream);
    turns += expected.length;
    expect({ seed, turns: turnsOf(stream) }).toEqual({ seed, turns: expected });
  }
  expect(turns).toBeGreaterThan(1000);
});

it('control: an evaluator that took a wait through a sleep for one that held would be found', () => {
  const wrong = Array.from({ length: 500 }, (_, index) => randomStream(index + 1)).filter((stream) => {
    const credulous = turnsOf({ ...stream, toleranceMs: Number.POSITIVE_INFINITY });
    return JSON.stringify(credulous) !== JSON.stringify(turnsByMeaning(stream));
  });
  expect(wrong.length).toBeGreaterThan(10);
});
