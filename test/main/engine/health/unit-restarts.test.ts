import { describe, expect, it } from 'vitest';
import { countsWith, type RestartCount, restartsWithin } from '../../../../main/engine/health/unit-restarts.ts';

const second = 1000;
/** Counters seen at seconds. */
const seen = (...pairs: readonly (readonly [at: number, count: number])[]): readonly RestartCount[] =>
  pairs.reduce<readonly RestartCount[]>((counts, [at, count]) => countsWith(counts, { atMs: at * second, count }), []);

describe('restarts of a unit', () => {
  it('before it was first looked at are nobody’s to judge', () => {
    expect(restartsWithin(seen([0, 4000]))).toBe(0);
    expect(restartsWithin(seen([0, 4000], [60, 4001]))).toBe(1);
  });

  it('are those of the last five minutes alone', () => {
    expect(restartsWithin(seen([0, 0], [60, 5], [120, 5], [300, 5], [420, 5]))).toBe(0);
    expect(restartsWithin(seen([0, 0], [60, 3], [120, 6], [180, 6]))).toBe(6);
  });

  it('count anew when the counter begins anew', () => {
    expect(restartsWithin(seen([0, 40], [60, 2], [120, 4]))).toBe(4);
  });

  it('between looks that are far apart are taken to be spread evenly', () => {
    // 12 within an hour are one in five minutes, and no loop.
    expect(restartsWithin(seen([0, 0], [3600, 12]))).toBe(1);
    expect(restartsWithin(seen([0, 0], [3600, 120]))).toBe(10);
  });

  it('leave no more behind than what still matters', () => {
    let counts: readonly RestartCount[] = [];
    for (let at = 0; at < 100_000; at += 60) counts = countsWith(counts, { atMs: at * second, count: at });
    expect(counts.length).toBeLessThanOrEqual(7);
  });
});
