import { expect, it } from 'vitest';
import { holeOf, readingGaps } from '../../../../main/adapters/sqlite/reading-gaps.ts';
import { wholeStretch } from '../../../../main/adapters/sqlite/sample-stretch.ts';
import { SampleTable } from '../../../../main/adapters/sqlite/sample-table.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { storedSample } from './stored-sample.ts';

const good = (...atMs: readonly number[]): readonly StoredSample[] => atMs.map((each) => storedSample('demo', each));
const failed = (atMs: number, error = 'no answer'): StoredSample => storedSample('demo', atMs, { error });
/** In two pieces, as a long range is read. */
const reading = (readings: readonly StoredSample[]) => () =>
  [readings.slice(0, 2), readings.slice(2)].map((part) => wholeStretch(SampleTable.of(part)));
const gapsOf = (readings: readonly StoredSample[], shortestMs = 0) =>
  readingGaps(reading(readings), { holeMs: 150, shortestMs });

it('readings that come in time leave no gap, also when one is late', () => {
  expect(gapsOf(good(0, 60, 120, 265, 325))).toEqual([]);
});

it('a silence is a gap from the last reading to the next, without a reason', () => {
  expect(gapsOf(good(0, 60, 300, 360))).toEqual([{ fromMs: 60, toMs: 300, reason: null }]);
});

it('failed readings are one gap between the good ones around them, with what they said', () => {
  expect(gapsOf([...good(0, 60), failed(120), failed(180), ...good(240, 300)])).toEqual([
    { fromMs: 60, toMs: 240, reason: 'no answer' },
  ]);
});

it('readings that fail up to the end are a gap up to the last of them', () => {
  expect(gapsOf([...good(0), failed(60), failed(120)])).toEqual([{ fromMs: 0, toMs: 120, reason: 'no answer' }]);
  expect(gapsOf([failed(0), failed(60), ...good(120)])).toEqual([{ fromMs: 0, toMs: 120, reason: 'no answer' }]);
});

it('gaps that lie closer than a point of the picture are one', () => {
  const readings = [...good(0), failed(60), ...good(120, 180), failed(240, 'late'), ...good(300)];
  expect(gapsOf(readings)).toHaveLength(2);
  expect(gapsOf(readings, 60)).toEqual([{ fromMs: 0, toMs: 300, reason: 'no answer' }]);
});

it('a hole is two and a half intervals; a series taken at a longer one is judged by its own', () => {
  const every = (step: number) => reading(good(...Array.from({ length: 50 }, (_, index) => index * step)));
  expect([holeOf(every(60), 60), holeOf(every(300), 60), holeOf(every(60), 300), holeOf(reading([]), 60)]).toEqual([
    150, 750, 750, 150,
  ]);
});
