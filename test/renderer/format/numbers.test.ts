import { describe, expect, it } from 'vitest';
import { bytes, chosenSize, mebibytes, percent } from '../../../renderer/format/sizes.ts';
import { ago, duration } from '../../../renderer/format/times.ts';

describe('sizes', () => {
  it.each([
    [512, '512 MiB'],
    [1024, '1.0 GiB'],
    [34_500, '33.7 GiB'],
    [1_572_864, '1.5 TiB'],
  ])('%d MiB is %s', (mib, words) => expect(mebibytes(mib)).toBe(words));

  it('a size that a person chose has no needless decimal', () => {
    expect([chosenSize(2048), chosenSize(2560)]).toEqual(['2 GiB', '2.5 GiB']);
  });

  it('bytes find their unit', () => {
    expect([bytes(12), bytes(2048), bytes(12_884_901_888)]).toEqual(['12 B', '2 KiB', '12.0 GiB']);
  });

  it('a hundred percent is not said before the end', () => {
    expect([percent(0.999), percent(1), percent(-1)]).toEqual(['99\u2009%', '100\u2009%', '0\u2009%']);
  });
});

describe('durations', () => {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  it.each([
    [12 * second, '12 s'],
    [4 * minute + 59 * second, '4 min'],
    [2 * hour, '2 h'],
    [2 * hour + 10 * minute, '2 h 10 min'],
    [3 * day + 4 * hour, '3 d 4 h'],
    [23 * day + 4 * hour, '23 d'],
    [-5 * second, '0 s'],
  ])('%d ms is %s', (ms, words) => expect(duration(ms)).toBe(words));

  it('what has just been, or lies ahead by another clock, is now', () => {
    expect([ago(4999), ago(-90_000), ago(5000)]).toEqual(['now', 'now', '5 s ago']);
  });
});
