import { describe, expect, it } from 'vitest';
import { boundedRows, type ChartRow, chartRows, lonePoints, mostRows } from '../../../renderer/charts/chart-series.ts';
import { failedAt, minute, noon, sampleAt } from './samples.ts';

const gap = (from: number, to: number) => ({ from: noon + from * minute, to: noon + to * minute });
/** The runs of values that one line is drawn through. */
function lines(rows: readonly ChartRow[]): readonly (readonly number[])[] {
  const found: number[][] = [[]];
  for (const { at, first } of rows) {
    if (first === null) found.push([]);
    else found.at(-1)?.push((at - noon) / minute);
  }
  return found.filter((line) => line.length > 0);
}

describe('the rows of a chart', () => {
  it('a silence between two readings is not bridged by a line', () => {
    const samples = [0, 1, 2, 9, 10].map((at) => sampleAt(at));
    expect(lines(chartRows(samples, ['cpuPercent'], [gap(2, 9)]))).toEqual([
      [0, 1, 2],
      [9, 10],
    ]);
    // Negative control: without the gap the same readings are one line.
    expect(lines(chartRows(samples, ['cpuPercent'], []))).toHaveLength(1);
  });

  it('a failed reading is a break and never a zero', () => {
    const rows = chartRows([sampleAt(0), failedAt(1), sampleAt(2)], ['cpuPercent'], [gap(0, 2)]);
    expect(rows.map(({ first }) => first)).toEqual([10, null, 10]);
    expect(rows.map(({ first }) => first)).not.toContain(0);
  });

  it('a real zero is drawn as one', () => {
    const rows = chartRows([sampleAt(0, { cpuPercent: 0 })], ['cpuPercent'], []);
    expect(rows.map(({ first }) => first)).toEqual([0]);
  });

  it('two lines of one chart break each on its own', () => {
    const samples = [
      sampleAt(0, { networkInBytesPerSecond: 1, networkOutBytesPerSecond: null }),
      sampleAt(1, { networkInBytesPerSecond: null, networkOutBytesPerSecond: 2 }),
    ];
    const rows = chartRows(samples, ['networkInBytesPerSecond', 'networkOutBytesPerSecond'], []);
    expect(rows.map(({ first, second }) => [first, second])).toEqual([
      [1, null],
      [null, 2],
    ]);
  });

  it('a value between two gaps is known to stand alone', () => {
    const rows = chartRows(
      [sampleAt(0), failedAt(1), sampleAt(2), failedAt(3), sampleAt(4), sampleAt(5)],
      ['cpuPercent'],
      [],
    );
    expect([...lonePoints(rows, 'first')].map((at) => (at - noon) / minute)).toEqual([0, 2]);
  });
});

describe('more rows than a chart takes', () => {
  const week = Array.from({ length: 10_080 }, (_, at) =>
    sampleAt(at, { cpuPercent: at === 4321 ? 99 : 5 + (at % 7), memoryPercent: 50 }),
  );

  it('are thinned to at most 300, the peak among them', () => {
    const rows = chartRows(week, ['cpuPercent'], []);
    expect(rows.length).toBeLessThanOrEqual(mostRows);
    expect(rows.length).toBeGreaterThan(140);
    expect(Math.max(...rows.map(({ first }) => first ?? 0))).toBe(99);
    expect([rows[0]?.at, rows.at(-1)?.at]).toEqual([noon, noon + 10_079 * minute]);
  });

  it.each([3, 40, 250, 4000])('are thinned without joining what any of %i gaps broke', (count) => {
    const every = Math.floor(week.length / count);
    const samples = week.map((sample, at) => (at % every === 1 ? failedAt(at) : sample));
    const all = chartRowsUnbounded(samples);
    const rows = boundedRows(all, mostRows);
    expect(rows.length).toBeLessThanOrEqual(mostRows);
    const broken = new Set(all.filter(({ first }) => first === null).map(({ at }) => at));
    for (const [index, row] of rows.entries()) {
      const before = rows[index - 1];
      if (before === undefined || before.first === null || row.first === null) continue;
      expect([...broken].some((at) => at > before.at && at < row.at)).toBe(false);
    }
  });
});

function chartRowsUnbounded(samples: Parameters<typeof chartRows>[0]): readonly ChartRow[] {
  return samples.map(({ at, cpuPercent }) => ({ at: Date.parse(at), first: cpuPercent, second: null }));
}
