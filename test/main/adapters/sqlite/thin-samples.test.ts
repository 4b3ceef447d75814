import { expect, it } from 'vitest';
import { columnsOf, wholeStretch } from '../../../../main/adapters/sqlite/sample-stretch.ts';
import { SampleTable } from '../../../../main/adapters/sqlite/sample-table.ts';
import { thinSamples } from '../../../../main/adapters/sqlite/thin-samples.ts';
import { storedSamples } from '../../../../main/engine/metrics/stored-samples.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { randomFrom } from './kill-writer.ts';
import { storedSample } from './stored-sample.ts';

/** Those of the samples that are left, value by value as they came. */
const thinned = (samples: readonly StoredSample[], points: number): readonly StoredSample[] => {
  const kept = thinSamples(() => [wholeStretch(SampleTable.of(samples))], points);
  return storedSamples(columnsOf(wholeStretch(kept), { machineId: 'demo', source: 'host' }));
};
const minutes = (count: number, over: (minute: number) => Partial<StoredSample>): readonly StoredSample[] =>
  Array.from({ length: count }, (_, minute) => storedSample('demo', minute * 60_000, over(minute)));
const failed = { cpuPercent: null, memoryPercent: null, error: 'no answer' };

it('what fits is left as it is', () => {
  const samples = minutes(300, (minute) => ({ cpuPercent: minute % 100 }));
  expect(thinned(samples, 300)).toEqual(samples);
  expect(thinned([], 300)).toEqual([]);
});

it('no more than asked for come back, oldest first, each as it was stored, the first and the last among them', () => {
  const random = randomFrom(7);
  const samples = minutes(5000, () => ({
    cpuPercent: random() < 0.1 ? null : random() * 100,
    memoryPercent: random() * 100,
    diskReadBytesPerSecond: random() * 1e6,
    networkInBytesPerSecond: random() < 0.5 ? null : random() * 1e6,
  }));
  for (const points of [1, 2, 3, 4, 5, 9, 16, 24, 60, 300]) {
    const kept = thinned(samples, points);
    expect(kept.length).toBeLessThanOrEqual(Math.max(2, points));
    expect(kept).toEqual(samples.filter(({ atMs }) => kept.some((each) => each.atMs === atMs)));
    expect(kept.map(({ atMs }) => atMs)).toEqual(kept.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    expect([kept[0], kept.at(-1)]).toEqual([samples[0], samples.at(-1)]);
  }
  expect(thinned(samples, 300).length).toBeGreaterThan(150);
});

it('a peak and a dip of one minute in a week stay, in whichever metric', () => {
  const samples = minutes(10_080, (minute) => ({
    cpuPercent: minute === 4321 ? 99 : 2 + (minute % 7) / 10,
    memoryPercent: minute === 777 ? 1 : 50,
    networkOutBytesPerSecond: minute === 9000 ? 1e9 : (minute * 37) % 1000,
  }));
  const kept = thinned(samples, 300);
  for (const minute of [4321, 777, 9000]) expect(kept).toContainEqual(samples[minute]);
  // Negative control: every so-manieth sample, as a simple thinning has it, misses all three.
  const everySo = samples.filter((_, index) => index % 34 === 0);
  for (const minute of [4321, 777, 9000]) expect(everySo).not.toContain(samples[minute]);
});

it('each gap keeps its first sample, also when it is one minute long', () => {
  const begins = [1000, 1002, 5000, 8999];
  const gap = (minute: number): boolean => begins.includes(minute) || (minute > 5000 && minute < 5400);
  const samples = minutes(10_080, (minute) => (gap(minute) ? failed : { cpuPercent: minute % 90 }));
  const kept = thinned(samples, 300);
  expect(kept.filter(({ error }) => error !== null)).toEqual(begins.map((minute) => samples[minute]));
});

it('gaps without number share marks, and leave room for values', () => {
  const samples = minutes(10_000, (minute) => (minute % 2 === 1 ? failed : { cpuPercent: minute % 90 }));
  const kept = thinned(samples, 300);
  expect(kept.length).toBeLessThanOrEqual(300);
  expect(kept.filter(({ error }) => error !== null).length).toBeGreaterThan(90);
  expect(kept.filter(({ error }) => error === null).length).toBeGreaterThan(150);
});

it('a range in which nothing is known stays unknown', () => {
  const kept = thinned(
    minutes(1000, () => failed),
    300,
  );
  expect(kept.length).toBeGreaterThanOrEqual(2);
  expect(kept.every(({ cpuPercent }) => cpuPercent === null)).toBe(true);
});
