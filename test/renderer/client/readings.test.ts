import { expect, it } from 'vitest';
import { noReadings, recentById, withSamples } from '../../../renderer/client/readings.ts';
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

it('a series that did not change stays the object it was', () => {
  const series = (value: number) => ({ machineId: one, cpuPercent: [1, value], memoryPercent: [null] });
  const known = recentById([series(2)], null);
  expect(recentById([series(2)], known).get(one)).toBe(known.get(one));
  expect(recentById([series(3)], known).get(one)).not.toBe(known.get(one));
});
