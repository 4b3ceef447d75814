import { expect, it } from 'vitest';
import { noReadings, sameOrNew, withSamples } from '../../../renderer/client/readings.ts';
import { sampleAt } from '../charts/samples.ts';

const [one, other] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

it('a round replaces what its machines said, source by source, and leaves the others the objects they were', () => {
  const first = withSamples(
    noReadings,
    [sampleAt(0), sampleAt(0, { source: 'host' }), sampleAt(0, { machineId: other })],
    null,
  );
  const second = withSamples(first, [sampleAt(1, { cpuPercent: 11 })], Date.parse(sampleAt(1.1).at));
  expect(second.byMachine.get(one)?.map(({ source, cpuPercent }) => [source, cpuPercent])).toEqual([
    ['host', 10],
    ['guest', 11],
  ]);
  expect(second.byMachine.get(other)).toBe(first.byMachine.get(other));
  expect([second.takenAt, second.collectedAt]).toEqual([Date.parse(sampleAt(1).at), Date.parse(sampleAt(1.1).at)]);
});

it('a sample that comes late does not take the place of a newer one', () => {
  const known = withSamples(noReadings, [sampleAt(5, { cpuPercent: 5 })], null);
  expect(withSamples(known, [sampleAt(4, { cpuPercent: 4 })], null).byMachine.get(one)?.[0]?.cpuPercent).toBe(5);
});

it('rounds of the same machines, some of them, and others follow one another without losing anything', () => {
  const byTwo = (minute: number) => [sampleAt(minute), sampleAt(minute, { machineId: other })];
  const rounds = [byTwo(0), byTwo(1), [sampleAt(2)], [], byTwo(3), byTwo(2)];
  const known = rounds.map(
    (
      (readings) => (round) =>
        (readings = withSamples(readings, round, null))
    )(noReadings),
  );
  const minutesOf = (machine: string) =>
    known.map(({ byMachine }) =>
      byMachine
        .get(machine)
        ?.map(({ at }) => at)
        .join(),
    );
  const at = (...minutes: readonly number[]) => minutes.map((minute) => sampleAt(minute).at);
  expect(minutesOf(one)).toEqual(at(0, 1, 2, 2, 3, 3));
  expect(minutesOf(other)).toEqual(at(0, 1, 1, 1, 3, 3));
  // What is asked for twice is one object, and so is what a round did not touch.
  expect(known[1]?.byMachine.get(one)).toBe(known[1]?.byMachine.get(one));
  expect(known[2]?.byMachine.get(other)).toBe(known[1]?.byMachine.get(other));
});

it('a round in which some lag behind the others is taken as it comes, and what it has of an older moment is not', () => {
  const rounds = [
    [sampleAt(10), sampleAt(5, { machineId: other })],
    [sampleAt(11), sampleAt(6, { machineId: other })],
    [sampleAt(12), sampleAt(4, { machineId: other })],
  ];
  const told = rounds.map(
    (
      (readings) => (round) =>
        (readings = withSamples(readings, round, null))
    )(noReadings),
  );
  const minuteOf = (machine: string) => told.map(({ byMachine }) => byMachine.get(machine)?.map(({ at }) => at));
  expect(minuteOf(one)).toEqual([10, 11, 12].map((minute) => [sampleAt(minute).at]));
  expect(minuteOf(other)).toEqual([5, 6, 6].map((minute) => [sampleAt(minute).at]));
  expect(told.map(({ takenAt }) => takenAt)).toEqual([10, 11, 12].map((minute) => Date.parse(sampleAt(minute).at)));
});

it('a round without readings is the same object, unless it tells when it was', () => {
  const known = withSamples(noReadings, [sampleAt(0)], Date.parse(sampleAt(1).at));
  expect(withSamples(known, [], Date.parse(sampleAt(1).at))).toBe(known);
  const later = withSamples(known, [], Date.parse(sampleAt(2).at));
  expect([later.collectedAt, later.takenAt]).toEqual([Date.parse(sampleAt(2).at), Date.parse(sampleAt(0).at)]);
});

it('a series that did not change stays the object it was', () => {
  const series = (value: number) => ({ machineId: one, cpuPercent: [1, value], memoryPercent: [null] });
  const known = series(2);
  expect(sameOrNew(known, series(2))).toBe(known);
  expect(sameOrNew(known, series(3))).toEqual(series(3));
});
