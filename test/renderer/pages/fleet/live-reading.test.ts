import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Sample } from '../../../../main/contract/sample.ts';
import { LiveReading } from '../../../../renderer/pages/fleet/live-reading.ts';
import { minute, noon, sampleAt } from '../../charts/samples.ts';
import { runningMachine } from '../../support/fleet-story.ts';

const machine = { ...runningMachine(1, 'demo', 60), startedAt: new Date(noon - 60 * minute).toISOString() };
let samples: readonly Sample[] = [sampleAt(0)];
let tell: () => void = () => {};
const live = () =>
  new LiveReading(machine, {
    samplesOf: () => samples,
    intervalMs: minute,
    subscribe: (listener) => {
      tell = listener;
      return () => {};
    },
  });

beforeEach(() => {
  vi.useFakeTimers({ now: noon, toFake: ['Date'] });
  samples = [sampleAt(0)];
});
afterEach(() => {
  vi.useRealTimers();
});

it('is the object it was while nothing was read and nothing grew too old', () => {
  const reading = live();
  const first = reading.latest;
  vi.setSystemTime(noon + 2.5 * minute);
  reading.shape();
  expect(reading.latest).toBe(first);
  samples = [sampleAt(0)];
  reading.shape();
  expect(reading.latest).not.toBe(first);
});

it('tells that a reading has fallen silent as soon as it has, and takes it back when the clock is set back', () => {
  const reading = live();
  vi.setSystemTime(noon + 2.5 * minute + 1);
  expect(reading.shape()).toMatch(/^failed No reading since/);
  vi.setSystemTime(noon + minute);
  reading.shape();
  expect(reading.latest.kind).toBe('read');
});

it('looks again when the first of several sources falls silent, not when the last does', () => {
  samples = [sampleAt(0), sampleAt(2, { source: 'host' })];
  const reading = live();
  expect(reading.shape()).toMatch(/^guest/);
  vi.setSystemTime(noon + 3 * minute);
  expect(reading.shape()).toMatch(/^host/);
});

it('writes the values of a round where they stand', () => {
  const reading = live();
  const written: (number | null)[] = [];
  reading.follow();
  reading.paint(({ cpuPercent }) => written.push(cpuPercent.value));
  samples = [sampleAt(1, { cpuPercent: 11 })];
  tell();
  expect(written).toEqual([10, 11]);
});
