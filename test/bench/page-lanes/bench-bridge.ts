import '../../../main/contract/parse-without-eval.ts';
import { noValues, type RecentSeries, type Sample, type SampleSource } from '../../../main/contract/sample.ts';
import { fakeBridge } from '../../renderer/support/fake-bridge.ts';
import { runningMachine, storyId } from '../../renderer/support/fleet-story.ts';

/**
 * Runs in the measured page before its own script: an engine whose answers are made beforehand, so that nothing but the
 * page is measured. `?machines=N`; machine 0 has a past.
 */

const count = Number(new URLSearchParams(window.location.search).get('machines') ?? '1000');
/** Different enough that every value of every row changes with each round. */
const variants = 8;
const bridge = fakeBridge(
  Array.from({ length: count }, (_, index) => runningMachine(index, `machine-${index}`, 600, { tags: ['bench'] })),
);
const begin = Date.now();
const value = (seed: number): number => ((seed * 7919) % 997) / 10;

function sampleOf(index: number, variant: number, at: number, source: SampleSource = 'guest'): Sample {
  const seed = index * 31 + variant * 17;
  return {
    ...noValues,
    machine: `machine-${index}`,
    machineId: storyId(index),
    source,
    at: new Date(at).toISOString(),
    success: true,
    level: 'raw',
    cpuPercent: value(seed),
    memoryPercent: value(seed + 1),
    diskPercent: value(seed + 2),
    diskReadBytesPerSecond: value(seed + 3) * 1e6,
    diskWriteBytesPerSecond: value(seed + 4) * 1e6,
    networkInBytesPerSecond: value(seed + 5) * 1e6,
    networkOutBytesPerSecond: value(seed + 6) * 1e6,
  };
}

// Ahead of the clock, so that no round grows old while it is shown.
const rounds = Array.from({ length: variants }, (_, variant) =>
  Array.from({ length: count }, (_unused, index) => sampleOf(index, variant, begin + 600_000)),
);
const series = Array.from({ length: variants }, (_, variant) =>
  Array.from({ length: count }, (_unused, index): RecentSeries => {
    const values = (shift: number) =>
      Array.from({ length: 24 }, (_empty, place) => value(index * 31 + variant * 17 + place * 5 + shift));
    return { machineId: storyId(index), cpuPercent: values(0), memoryPercent: values(3) };
  }),
);
let shown = 0;
bridge.answer('metrics.newest', () => rounds[0]);
const places = new Map(Array.from({ length: count }, (_, index) => [storyId(index), index]));
bridge.answer('metrics.recent', ({ machines }) =>
  (machines as readonly string[]).map((machine) => series[shown % variants]?.[places.get(machine) ?? -1]),
);
bridge.answer('journal.list', () => []);
// Nothing fires: what a round asks for where something does is no part of the fleet.
bridge.answer('alert.active', () => []);
bridge.answer('metrics.gaps', () => []);
bridge.answer('metrics.history', ({ from, to, points }) => {
  const [first, last] = [Date.parse(String(from)), Date.parse(String(to))];
  const sources: readonly SampleSource[] = ['host', 'guest'];
  return Array.from({ length: Number(points) }, (_, place) => {
    const at = first + ((place + 1) / Number(points)) * (last - first);
    return sources.map((source) => sampleOf(place, 0, at, source)).map((each) => ({ ...each, machineId: storyId(0) }));
  }).flat();
});
bridge.answer('metrics.roll-ups', ({ from, to, points, level }) => {
  const [first, last] = [Date.parse(String(from)), Date.parse(String(to))];
  const length = (last - first) / Number(points);
  return Array.from({ length: Number(points) }, (_, place) => {
    const {
      machine,
      source,
      at: _at,
      success: _success,
      level: _level,
      machineId: _id,
      ...values
    } = sampleOf(place, 0, 0);
    const metrics = Object.fromEntries(
      Object.entries(values).map(([metric, average]) => [
        metric,
        { count: 60, average, min: Number(average) * 0.8, max: Number(average) * 1.2, last: average },
      ]),
    );
    const start = new Date(first + place * length).toISOString();
    const end = new Date(first + (place + 1) * length).toISOString();
    return {
      machine,
      machineId: storyId(0),
      source,
      level,
      from: start,
      to: end,
      readings: 60,
      failed: 0,
      partial: false,
      metrics,
    };
  });
});
Object.defineProperty(window, 'vigil', { value: bridge });
Object.defineProperty(window, 'bench', {
  value: {
    /** Every value of every machine is another one. */
    update: (round: number) => {
      shown = round;
      bridge.publish('metrics.collected', {
        at: new Date(begin).toISOString(),
        samples: rounds[round % variants] ?? [],
      });
    },
    /** Only the small lines are others. */
    redraw: (round: number) => {
      shown = round;
      bridge.publish('metrics.collected', { at: new Date(begin).toISOString(), samples: [] });
    },
  },
});
