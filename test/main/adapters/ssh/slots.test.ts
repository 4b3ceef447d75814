import { expect, it } from 'vitest';
import { createSlots } from '../../../../main/adapters/ssh/slots.ts';

it('admits as many as there are places, the others in their order, and none who left the line', () => {
  const slots = createSlots(2);
  const inside: string[] = [];
  const exits = new Map<string, () => void>();
  const enter = (name: string) =>
    slots.enter((leave) => {
      inside.push(name);
      exits.set(name, leave);
    });
  const withdraw = ['a', 'b', 'c', 'd', 'e'].map(enter);
  expect(inside).toEqual(['a', 'b']);
  withdraw[2]?.();
  exits.get('a')?.();
  exits.get('a')?.();
  expect(inside).toEqual(['a', 'b', 'd']);
  exits.get('b')?.();
  exits.get('d')?.();
  exits.get('e')?.();
  enter('f');
  enter('g');
  enter('h');
  expect(inside).toEqual(['a', 'b', 'd', 'e', 'f', 'g']);
});
