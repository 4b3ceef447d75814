import { expect, it } from 'vitest';
import { clampDelay, createSystemClock } from '../../../../main/adapters/clock/system-clock.ts';

it.each([
  [-5, 0],
  [Number.NaN, 0],
  [250, 250],
  [1e9 * 1000, 2 ** 31 - 1],
  [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
])('a delay of %d ms becomes %d ms', (asked, given) => expect(clampDelay(asked)).toBe(given));

it('an absurd delay does not fire at once, as it would without the clamp', async () => {
  const clock = createSystemClock();
  const fired: string[] = [];
  const undo = clock.after(1e15, () => fired.push('clamped'));
  const careless = setTimeout(() => fired.push('careless'), 1e15);
  await new Promise<void>((resolve) => {
    clock.after(20, resolve);
  });
  undo();
  clearTimeout(careless);
  expect(fired).toEqual(['careless']);
});

it('monotonic time does not go back', () => {
  const clock = createSystemClock();
  const first = clock.monotonicNow();
  expect(clock.monotonicNow()).toBeGreaterThanOrEqual(first);
});
