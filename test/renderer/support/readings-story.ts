import { readingGaps } from '../../../main/adapters/sqlite/reading-gaps.ts';
import { type SampleStretch, wholeStretch } from '../../../main/adapters/sqlite/sample-stretch.ts';
import { SampleTable } from '../../../main/adapters/sqlite/sample-table.ts';
import { thinSamples } from '../../../main/adapters/sqlite/thin-samples.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import type { ComparedSeries, RollUp, RollUpLevel } from '../../../main/contract/roll-up.ts';
import {
  noValues,
  type ReadingGap,
  type RecentSeries,
  type Sample,
  type SampleMetric,
  type SampleSource,
  type SampleValues,
  sampleMetrics,
} from '../../../main/contract/sample.ts';
import type { StoredSample } from '../../../main/engine/ports/metrics-store.ts';
import { storyNow } from './fleet-story.ts';

/** What the machines of the story did: made up, and the same on every run. */

const minute = 60_000;

/** 0 to 1, smooth enough to look like a machine at work. */
function wave(seed: number, at: number): number {
  const t = at / minute;
  const noise = Math.abs(Math.sin(seed * 12.9898 + Math.round(t) * 78.233) * 43_758.5453) % 1;
  return Math.min(
    1,
    Math.max(0, 0.45 + 0.3 * Math.sin(t / 37 + seed) + 0.15 * Math.sin(t / 7 + 2 * seed) + (noise - 0.5) * 0.24),
  );
}

/** What a machine is like. */
export interface Habit {
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
  readonly traffic: number;
}

const habits: Readonly<Record<string, Habit>> = {
  'api-stage': { cpu: 1.6, memory: 64, disk: 41, traffic: 22e6 },
  'build-vm': { cpu: 1.4, memory: 86, disk: 61, traffic: 3e6 },
  'kernel-lab': { cpu: 0.2, memory: 30, disk: 22, traffic: 0 },
  'web-prod-1': { cpu: 0.8, memory: 74, disk: 55, traffic: 9e6 },
  gitea: { cpu: 0.15, memory: 40, disk: 78, traffic: 2e6 },
  'k3s-a': { cpu: 0.5, memory: 52, disk: 37, traffic: 1.2e6 },
  'lab-pi': { cpu: 0.12, memory: 31, disk: 91, traffic: 0.1e6 },
  'nas-cellar': { cpu: 0.3, memory: 58, disk: 88, traffic: 31e6 },
};
const usual: Habit = { cpu: 0.3, memory: 45, disk: 40, traffic: 0.6e6 };

function sampleAt(machine: Machine, source: SampleSource, atMs: number): StoredSample {
  const error = failureAt(machine, source, atMs);
  const base = { machineId: machine.id, source, atMs, error };
  if (error !== null) return { ...base, ...noValues };
  return { ...base, ...madeUpValues(Number(machine.id.slice(-3)), habits[machine.name] ?? usual, source, atMs) };
}

/** What a machine of such habits might do at a moment. */
export function madeUpValues(
  seed: number,
  { cpu, memory, disk, traffic }: Habit,
  source: SampleSource,
  atMs: number,
): SampleValues {
  const busy = wave(seed, atMs);
  const outside = {
    cpuPercent: Math.min(100, 60 * busy * cpu + 3),
    diskReadBytesPerSecond: 8e6 * wave(seed + 3, atMs) ** 4,
    diskWriteBytesPerSecond: 12e6 * wave(seed + 5, atMs) ** 3,
  };
  if (source === 'host') return { ...noValues, ...outside };
  return {
    ...outside,
    memoryPercent: Math.min(99, memory + 14 * (wave(seed + 7, atMs) - 0.5)),
    // Fills slowly, and is tidied up twice a day.
    diskPercent: disk - 2 + (4 * (atMs % (12 * 60 * minute))) / (12 * 60 * minute),
    networkInBytesPerSecond: traffic * wave(seed + 11, atMs) ** 2,
    networkOutBytesPerSecond: 0.6 * traffic * wave(seed + 13, atMs) ** 2,
  };
}

/** The guest of `api-stage` was silent for a while, and `k3s-a` has lost its SSH. */
function failureAt({ name }: Machine, source: SampleSource, atMs: number): string | null {
  if (source === 'host') return null;
  const ago = (storyNow - atMs) / minute;
  if (name === 'api-stage' && ago > 18 && ago < 24) return 'No reading within 30 s.';
  if (name === 'k3s-a' && ago < 4) return '127.0.0.1:2208 does not answer.';
  if (name === 'relay-berlin')
    return 'Security: host key changed. 192.0.2.17:22 shows another one than is known for it.';
  if (name === 'vpn-gw') return '192.0.2.40:22 refuses the connection.';
  return null;
}

/** Minutes ago in which nothing was read at all: Vigil was closed for a night, and for a moment. */
function isRead({ name }: Machine, atMs: number): boolean {
  const ago = (storyNow - atMs) / minute;
  return !(ago > 600 && ago < 790) && !(name === 'api-stage' && ago > 41 && ago < 47);
}

/** Every sample of one source, oldest first. */
function samplesOf(machine: Machine, source: SampleSource, fromMs: number, toMs: number): readonly StoredSample[] {
  const run = pastRuns[machine.name];
  const begin = Math.max(fromMs, run?.from ?? Date.parse(machine.startedAt ?? machine.createdAt) + minute);
  const samples: StoredSample[] = [];
  const last = storyNow - 5000;
  for (let atMs = last - Math.floor((last - begin) / minute) * minute; atMs <= Math.min(toMs, last); atMs += minute) {
    if (isRead(machine, atMs) && (run === undefined || atMs < run.to)) samples.push(sampleAt(machine, source, atMs));
  }
  return samples;
}

/** The same as the store reads it. */
function readingOf(machine: Machine, source: SampleSource, from: string, to: string): () => readonly SampleStretch[] {
  const table = SampleTable.of(samplesOf(machine, source, Date.parse(from), Date.parse(to)));
  return () => (table.count === 0 ? [] : [wholeStretch(table)]);
}

/** Runs of machines that do not run any more. */
const pastRuns: Readonly<Record<string, { readonly from: number; readonly to: number }>> = {
  'build-vm': { from: storyNow - 90 * minute, to: storyNow - 4 * minute },
};

function sourcesOf(machine: Machine): readonly SampleSource[] {
  if (machine.provider === 'ssh') return machine.health.status === 'not-applicable' ? [] : ['ssh'];
  if (machine.startedAt === null) return machine.name in pastRuns ? ['host', 'guest'] : [];
  return machine.health.method === 'ssh' ? ['host', 'guest'] : ['host'];
}

const shown = (machine: Machine, { machineId, atMs, error, ...values }: StoredSample): Sample => ({
  ...values,
  machineId,
  machine: machine.name,
  at: new Date(atMs).toISOString(),
  success: error === null,
  ...(error === null ? {} : { error }),
  level: 'raw',
});

export function storyNewest(machines: readonly Machine[]): readonly Sample[] {
  return machines.flatMap((machine) =>
    sourcesOf(machine).flatMap((source) =>
      samplesOf(machine, source, storyNow - 90 * minute, storyNow)
        .slice(-1)
        .map((sample) => shown(machine, sample)),
    ),
  );
}

export function storyRecent(machines: readonly Machine[]): readonly RecentSeries[] {
  return machines.flatMap((machine): readonly RecentSeries[] => {
    const sources = sourcesOf(machine);
    const best = sources.find((source) => source !== 'host') ?? sources[0];
    if (best === undefined) return [];
    const samples = samplesOf(machine, best, storyNow - 24 * minute, storyNow);
    return [
      {
        machineId: machine.id,
        cpuPercent: samples.map(({ cpuPercent }) => cpuPercent),
        memoryPercent: samples.map(({ memoryPercent }) => memoryPercent),
      },
    ];
  });
}

export function storyHistory(machine: Machine, from: string, to: string, points: number): readonly Sample[] {
  return sourcesOf(machine)
    .flatMap((source) => {
      const kept = thinSamples(readingOf(machine, source, from, to), points, 150_000);
      return Array.from({ length: kept.count }, (_, place) => shown(machine, kept.sample(place, machine.id, source)));
    })
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

export function storyGaps(machine: Machine, from: string, to: string, points: number): readonly ReadingGap[] {
  const shortestMs = (Date.parse(to) - Date.parse(from)) / points;
  return sourcesOf(machine).flatMap((source) =>
    readingGaps(readingOf(machine, source, from, to), { holeMs: 150_000, shortestMs }).map(
      ({ fromMs, toMs, reason }) => ({
        source,
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        reason,
      }),
    ),
  );
}

/** As the engine rolls them up: hours and days of UTC. */
export function storyRollUps(machine: Machine, from: string, to: string, level: RollUpLevel): readonly RollUp[] {
  const bucketMs = level === 'hourly' ? 60 * minute : 24 * 60 * minute;
  const first = Math.floor(Date.parse(from) / bucketMs) * bucketMs;
  return sourcesOf(machine).flatMap((source) => {
    const samples = samplesOf(machine, source, first, Date.parse(to));
    const buckets = new Map<number, StoredSample[]>();
    for (const sample of samples) {
      const start = Math.floor(sample.atMs / bucketMs) * bucketMs;
      buckets.set(start, [...(buckets.get(start) ?? []), sample]);
    }
    return [...buckets].map(([start, own]) => rollUpOf(machine, source, level, start, bucketMs, own));
  });
}

function rollUpOf(
  machine: Machine,
  source: SampleSource,
  level: RollUpLevel,
  start: number,
  bucketMs: number,
  samples: readonly StoredSample[],
): RollUp {
  const metrics = Object.fromEntries(
    sampleMetrics.map((metric) => {
      const known = samples.flatMap((sample) => (sample[metric] === null ? [] : [sample[metric]]));
      const last = known.at(-1);
      if (last === undefined) return [metric, null];
      const average = known.reduce((sum, value) => sum + value, 0) / known.length;
      return [metric, { count: known.length, average, min: Math.min(...known), max: Math.max(...known), last }];
    }),
  ) as RollUp['metrics'];
  const failed = samples.filter(({ error }) => error !== null).length;
  return {
    machine: machine.name,
    machineId: machine.id,
    source,
    level,
    from: new Date(start).toISOString(),
    to: new Date(start + bucketMs).toISOString(),
    readings: samples.length - failed,
    failed,
    partial: start + bucketMs > storyNow,
    metrics,
  };
}

/** One value of several machines, the guest's own where it tells. */
export function storyComparison(
  machines: readonly Machine[],
  metric: SampleMetric,
  from: string,
  to: string,
  level: RollUpLevel,
): readonly ComparedSeries[] {
  return machines.map((machine) => {
    const all = storyRollUps(machine, from, to, level);
    const source = all.some((each) => each.source !== 'host' && each.metrics[metric] !== null)
      ? (all.find((each) => each.source !== 'host')?.source ?? 'host')
      : 'host';
    const points = all
      .filter((each) => each.source === source)
      .map(({ from: at, metrics, partial }) => {
        const { average = null, min = null, max = null } = metrics[metric] ?? {};
        return { at, average, min, max, partial };
      });
    return { machine: machine.name, machineId: machine.id, metric, source, level, points };
  });
}
