import { describe, expect, it } from 'vitest';
import { compare, median, medianInterval } from './statistics.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the median', () => {
  it('is the middle value, or lies half-way between the two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('compares numbers as numbers, and leaves the given order alone', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('of nothing is refused', () => expect(() => median([])).toThrow('no median of nothing'));
});

/** Ranks from the tables of the sign test. */
describe('the 95 % interval of the median', () => {
  it.each([
    [6, 1, 6],
    [9, 2, 8],
    [10, 2, 9],
    [12, 3, 10],
    [15, 4, 12],
    [20, 6, 15],
    [25, 8, 18],
    [50, 18, 33],
  ])('of %i values lies between the values of rank %i and %i', (count, low, high) => {
    expect(medianInterval(upTo(count).reverse())).toEqual({ low, high });
  });

  it('of five values does not exist', () => expect(medianInterval(upTo(5))).toBeNull());
});

describe('a comparison', () => {
  it('takes the median of the ratios, not the ratio of the medians', () => {
    const pairs = [
      { ours: 2, reference: 1 },
      { ours: 30, reference: 10 },
      { ours: 400, reference: 100 },
    ];
    const { ratio, ours, reference, lowest, highest, rounds, interval } = compare(pairs);
    expect(ratio).toBe(3);
    expect([ours, reference]).toEqual([30, 10]);
    expect([lowest, highest, rounds]).toEqual([2, 4, 3]);
    expect(interval).toBeNull();
  });

  it('is not moved by a round that was slow on both sides', () => {
    const calm = upTo(5).map(() => ({ ours: 12, reference: 10 }));
    expect(compare([...calm, { ours: 1200, reference: 1000 }]).ratio).toBe(1.2);
  });

  it('has an interval from 15 rounds on', () => {
    const pairs = upTo(15).map((ours) => ({ ours, reference: 1 }));
    expect(compare(pairs).interval).toEqual({ low: 4, high: 12 });
    expect(compare(pairs.slice(1)).interval).toBeNull();
  });
});
