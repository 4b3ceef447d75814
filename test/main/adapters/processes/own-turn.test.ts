import { expect, it } from 'vitest';
import { ownTurn } from '../../../../main/adapters/processes/own-turn.ts';

it('those who ask at once come one after another, each in a turn of its own', async () => {
  let turn = 0;
  const count = () => {
    turn += 1;
    if (turn < 100) setImmediate(count);
  };
  setImmediate(count);
  const came: (readonly [string, number])[] = [];
  await Promise.all(
    ['first', 'second', 'third', 'fourth'].map(async (name) => {
      await ownTurn();
      came.push([name, turn]);
    }),
  );
  expect(came.map(([name]) => name)).toEqual(['first', 'second', 'third', 'fourth']);
  expect(new Set(came.map(([, at]) => at)).size).toBe(4);
});
