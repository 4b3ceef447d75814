import { sampleMetrics } from '../../../main/contract/sample.ts';
import type { SampleSlice } from '../../../main/engine/ports/metrics-store.ts';
import type { Goal, Lane } from '../lane.ts';
import { beginMs, FleetSeries, machineId, minuteMs } from './fleet-series.ts';
import { ProcessorBeside } from './processor-beside.ts';
import { startPrometheus } from './prometheus.ts';
import { appendOnlyRows, leanRows, type OwnStore, ownStore, type RoundStore, seedRows } from './stores.ts';

const machines = 1000;
/** An hour: every machine is folded once in it. */
const roundsAtOnce = 60;
/** A day: its hours and the day itself are written down in it, too. */
const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;

interface StoreLane {
  readonly id: string;
  readonly title: string;
  readonly reference: string;
  readonly goal: Goal;
  readonly unit?: string;
  readonly rounds?: number;
  readonly warmUps?: number;
  readonly limitMs?: number;
  open: Lane['open'];
}

const lane = (of: StoreLane): Lane => ({
  area: 'store',
  unit: 'ms',
  rounds: 7,
  warmUps: 1,
  limitMs: 600_000,
  ...of,
});

/** The store of readings beside stores that do less. */
export const storeLanes: readonly Lane[] = [
  lane({
    id: 'P1',
    title: 'a round of 1,000 machines, durable, with its share of folding, newest values, hours and days',
    reference: 'the same as rows appended to one table without a key (mean over a day of rounds)',
    goal: { atMost: 1 / 2.5 },
    open: async () => againstRows(appendOnlyRows(), dayMinutes),
  }),
  lane({
    id: 'P1',
    title: 'the same beside the usual schema',
    reference: 'rows with the names and times as text, and three indexes (mean over an hour)',
    goal: { atMost: 1 / 25 },
    // An hour of it takes as long as a day of the others, and it grows dearer with its size.
    open: async () => againstRows(seedRows(), roundsAtOnce),
  }),
  lane({
    id: 'P1',
    title: 'the same beside Prometheus',
    reference: 'remote write to a Prometheus on loopback, its encoding counted, as ours is',
    goal: { atMost: 1 / 20 },
    open: async () => {
      const [own, prometheus] = [ownStore(), await startPrometheus()];
      const [ours, theirs] = [new FleetSeries(machines), new FleetSeries(machines)];
      return {
        ours: async () => roundsOf(new ProcessorBeside(), 'ours', own, ours, 20),
        reference: async () => {
          let all = 0;
          for (let round = 0; round < 20; round += 1) {
            const samples = theirs.next();
            all += await timeOf(() => prometheus.append(samples));
          }
          return all / 20;
        },
        close: async () => {
          own.close();
          await prometheus.close();
        },
      };
    },
  }),
  lane({
    id: 'P2',
    title: 'the slowest of a hundred rounds of 1,000 machines until it is on the disk (p99 of three hours)',
    reference: 'the median of the same rounds; what follows a round is done between them',
    goal: { atMost: 5 },
    open: async () => {
      const [own, fleet] = [ownStore(), new FleetSeries(machines)];
      let sorted: readonly number[] = [];
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      let isFresh = false;
      // Both figures come of the same rounds, whichever is asked for first.
      const figure = async (share: number): Promise<number> => {
        if (!isFresh) sorted = ticksOf(own, fleet);
        isFresh = !isFresh;
        return at(share);
      };
      return { ours: () => figure(0.99), reference: () => figure(0.5), close: async () => own.close() };
    },
  }),
  lane({
    id: 'P2',
    title: 'the very slowest of three hours of rounds',
    reference: 'the very slowest of as many appended to one table',
    goal: { atMost: 1 },
    open: async () => {
      const [own, rows] = [ownStore(), appendOnlyRows()];
      const [ours, theirs] = [new FleetSeries(machines), new FleetSeries(machines)];
      const worst = (ticks: readonly number[]): number => ticks.at(-1) ?? Number.NaN;
      return {
        ours: async () => worst(ticksOf(own, ours)),
        reference: async () => worst(ticksOf({ ...rows, acknowledge: rows.append, tidy: () => {} }, theirs)),
        close: async () => {
          own.close();
          rows.close();
        },
      };
    },
  }),
  lane({
    id: 'P3',
    title: 'a value on the disk, of a day of 1,000 machines, hours and days among it',
    reference: '2.5 bytes: the goal itself',
    goal: { atMost: 1 },
    unit: 'bytes',
    open: async () => {
      const own = ownStore();
      const fleet = new FleetSeries(machines);
      const rounds = 1440;
      for (let round = 0; round < rounds; round += 1) own.append(fleet.next());
      return {
        ours: async () => own.bytes() / (rounds * machines * 7),
        reference: async () => 2.5,
        close: async () => own.close(),
      };
    },
  }),
  lane({
    id: 'P3',
    title: 'a value on the disk, of 26 hours of 100 machines',
    reference: 'the same values in blocks of Prometheus, its present ones written out as well',
    goal: { atMost: 0.7 },
    unit: 'bytes',
    rounds: 1,
    warmUps: 0,
    open: async () => {
      const [own, prometheus, fleet] = [ownStore(), await startPrometheus(), new FleetSeries(100)];
      const rounds = 26 * 60;
      for (let round = 0; round < rounds; round += 1) {
        const samples = fleet.next();
        own.append(samples);
        await prometheus.append(samples);
      }
      const values = rounds * 100 * 7;
      return {
        ours: async () => own.bytes() / values,
        reference: async () => (await prometheus.blockBytes()) / values,
        close: async () => {
          own.close();
          await prometheus.close();
        },
      };
    },
  }),
  lane({
    id: 'P4',
    title: 'the newest values of 1,000 machines',
    reference: 'the same question to Prometheus over HTTP',
    goal: { atMost: 1 / 12 },
    open: async () => {
      const [own, prometheus, fleet] = [ownStore(), await startPrometheus(), new FleetSeries(machines)];
      let lastMs = 0;
      for (let round = 0; round < 5; round += 1) {
        const samples = fleet.next();
        own.append(samples);
        await prometheus.append(samples);
        lastMs = samples[0]?.atMs ?? 0;
      }
      return {
        ours: async () => meanOf(20, () => void own.rows.newest()),
        reference: () => timeOf(() => prometheus.ask('query', { query: 'cpuPercent', time: String(lastMs / 1000) })),
        close: async () => {
          own.close();
          await prometheus.close();
        },
      };
    },
  }),
  lane({
    id: 'P4',
    title: 'the newest values of 1,000 machines, once more',
    reference: 'reading a table with a row for each of them',
    goal: { atMost: 1.2 },
    open: async () => {
      const [own, rows, fleet] = [ownStore(), appendOnlyRows(), new FleetSeries(machines)];
      for (let round = 0; round < 5; round += 1) {
        const samples = fleet.next();
        own.append(samples);
        if (round === 4) rows.append(samples);
      }
      const scan = rows.db.prepare('SELECT * FROM rows');
      const processor = new ProcessorBeside();
      return {
        ours: async () => processor.measure('ours', 200, () => () => void own.rows.newest()),
        reference: async () => processor.measure('reference', 200, () => () => void scan.all()),
        notes: () => processor.notes(),
        close: async () => {
          own.close();
          rows.close();
        },
      };
    },
  }),
  lane({
    id: 'P4',
    title: '30 days of one machine by the hour, all seven values, of 20 machines',
    reference: 'the same range and step from Prometheus over HTTP',
    goal: { atMost: 1 / 8 },
    open: async () => {
      const [own, prometheus, fleet] = [ownStore(), await startPrometheus(), new FleetSeries(20)];
      const stepMs = 5 * minuteMs;
      const rounds = (30 * 86_400_000) / stepMs;
      for (let round = 0; round < rounds; round += 1) {
        const samples = fleet.next(stepMs);
        own.append(samples);
        await prometheus.append(samples);
      }
      const [fromMs, toMs] = [beginMs, beginMs + rounds * stepMs];
      const query = {
        machineIds: [machineId(3)],
        source: 'host',
        level: 'hourly',
        fromMs,
        toMs,
        metrics: sampleMetrics,
      } as const;
      const asked = {
        query: `{__name__=~".+", vm="${machineId(3)}"}`,
        start: String(fromMs / 1000),
        end: String(toMs / 1000),
        step: '3600',
      };
      return {
        ours: async () => meanOf(10, () => void own.rows.rollUps(query)),
        reference: () => timeOf(() => prometheus.ask('query_range', asked)),
        close: async () => {
          own.close();
          await prometheus.close();
        },
      };
    },
  }),
  lane({
    id: 'P4',
    title: '90 days of 300 machines by the day, one value, from a reading every half hour',
    reference: 'the daily mean of the same from Prometheus over HTTP',
    goal: { atMost: 1 / 5 },
    open: async () => {
      const [count, stepMs] = [300, 30 * minuteMs];
      const [own, prometheus, fleet] = [ownStore(), await startPrometheus(), new FleetSeries(count)];
      const rounds = (90 * 86_400_000) / stepMs;
      for (let round = 0; round < rounds; round += 1) {
        const samples = fleet.next(stepMs);
        own.append(samples);
        // One value alone: what nobody asks for is not even there.
        await prometheus.append(samples, ['cpuPercent']);
      }
      const [fromMs, toMs] = [beginMs, beginMs + rounds * stepMs];
      const machineIds = Array.from({ length: count }, (_, index) => machineId(index));
      const query = { machineIds, source: 'host', level: 'daily', fromMs, toMs, metrics: ['cpuPercent'] } as const;
      const asked = {
        query: 'avg_over_time(cpuPercent[1d])',
        start: String(fromMs / 1000 + 86_400),
        end: String(toMs / 1000),
        step: '86400',
      };
      return {
        ours: async () => meanOf(3, () => void own.rows.rollUps(query)),
        reference: () => timeOf(() => prometheus.ask('query_range', asked)),
        close: async () => {
          own.close();
          await prometheus.close();
        },
      };
    },
  }),
  lane({
    id: 'P4',
    title: '7 days of one machine, every reading, of 50 machines',
    reference: 'the same from rows in the order of machine and moment',
    goal: { atMost: 0.2 },
    open: async () => againstLeanWeek((own, range) => void own.rows.slice({ ...range, limit: 100_000 })),
  }),
  lane({
    id: 'P4',
    title: '7 days of one machine as a chart asks for them: 300 points, no peak lost',
    reference: 'every reading from rows in the order of machine and moment, not thinned',
    goal: { atMost: 0.2 },
    open: async () =>
      againstLeanWeek((own, range) => void own.rows.history({ ...range, points: 300, intervalMs: minuteMs })),
  }),
  lane({
    id: 'P5',
    title: '7 days of one machine thinned for a chart, and its hours, of a million rows and of ten',
    reference: 'the same of a tenth of the machines; 1.12 is an exponent of 0.05',
    goal: { atMost: 1.12 },
    limitMs: 900_000,
    open: async () => {
      const stores = [machines / 10, machines].map((count) => {
        const [own, fleet] = [ownStore(), new FleetSeries(count)];
        for (let minute = 0; minute < weekMinutes; minute += 1) own.append(fleet.next());
        return own;
      });
      const [fromMs, toMs] = [beginMs, beginMs + 7 * 86_400_000];
      const of = { source: 'host', fromMs, toMs, points: 300 } as const;
      const processor = new ProcessorBeside();
      const read = (side: 'ours' | 'reference', store: OwnStore | undefined): number =>
        processor.measure(side, 10, () => () => {
          store?.rows.history({ ...of, machineId: machineId(42), intervalMs: minuteMs });
          store?.rows.rollUps({ ...of, machineIds: [machineId(42)], level: 'hourly', metrics: ['cpuPercent'] });
        });
      return {
        ours: async () => read('ours', stores[1]),
        reference: async () => read('reference', stores[0]),
        notes: () => processor.notes(),
        close: async () => {
          for (const store of stores) store.close();
        },
      };
    },
  }),
  lane({
    id: 'P5',
    title: 'the newest values of 1,000 machines, of ten million rows',
    reference: 'the same of a million rows of the same machines; 1.12 is an exponent of 0.05',
    goal: { atMost: 1.12 },
    limitMs: 900_000,
    open: async () => {
      const stores = [weekMinutes / 10, weekMinutes].map((rounds) => {
        const [own, fleet] = [ownStore(), new FleetSeries(machines)];
        for (let minute = 0; minute < rounds; minute += 1) own.append(fleet.next());
        return own;
      });
      const processor = new ProcessorBeside();
      const read = (side: 'ours' | 'reference', store: OwnStore | undefined): number =>
        processor.measure(side, 200, () => () => void store?.rows.newest());
      return {
        ours: async () => read('ours', stores[1]),
        reference: async () => read('reference', stores[0]),
        notes: () => processor.notes(),
        close: async () => {
          for (const store of stores) store.close();
        },
      };
    },
  }),
  lane({
    id: 'P22',
    title: 'a round of 10,000 machines',
    reference: 'ten rounds of 1,000',
    goal: { atMost: 1 },
    open: async () => {
      const [large, small] = [ownStore(), ownStore()];
      const [many, some] = [new FleetSeries(machines * 10), new FleetSeries(machines)];
      const processor = new ProcessorBeside();
      return {
        ours: async () => roundsOf(processor, 'ours', large, many),
        reference: async () => 10 * roundsOf(processor, 'reference', small, some),
        notes: () => processor.notes().map((note) => `${note}, ten rounds of it being ten times as much`),
        close: async () => {
          large.close();
          small.close();
        },
      };
    },
  }),
];

/** A week of 50 machines; one of them is asked for. */
async function againstLeanWeek(
  read: (own: OwnStore, range: Omit<SampleSlice, 'limit'>) => void,
): Promise<ReturnType<typeof againstRows>> {
  const [own, lean, fleet] = [ownStore(), leanRows(), new FleetSeries(50)];
  for (let minute = 0; minute < weekMinutes; minute += 1) {
    const samples = fleet.next();
    own.append(samples);
    lean.append(samples);
  }
  const [fromMs, toMs] = [beginMs, beginMs + 8 * 86_400_000];
  const rows = lean.db.prepare('SELECT * FROM rows WHERE machine = ? AND at BETWEEN ? AND ? ORDER BY at');
  const processor = new ProcessorBeside();
  return {
    ours: async () =>
      processor.measure('ours', 20, () => () => read(own, { machineId: machineId(7), source: 'host', fromMs, toMs })),
    reference: async () => processor.measure('reference', 20, () => () => void rows.all(7, fromMs, toMs)),
    notes: () => processor.notes(),
    close: async () => {
      own.close();
      lean.close();
    },
  };
}

async function againstRows(rows: RoundStore, theirRounds: number) {
  const own = ownStore();
  const [ours, theirs] = [new FleetSeries(machines), new FleetSeries(machines)];
  const processor = new ProcessorBeside();
  return {
    ours: async () => roundsOf(processor, 'ours', own, ours, dayMinutes),
    reference: async () => roundsOf(processor, 'reference', rows, theirs, theirRounds),
    notes: () => processor.notes(),
    close: async () => {
      own.close();
      rows.close();
    },
  };
}

/** What makes the readings is not counted. */
function roundsOf(
  processor: ProcessorBeside,
  side: 'ours' | 'reference',
  store: RoundStore,
  fleet: FleetSeries,
  rounds = roundsAtOnce,
): number {
  return processor.measure(side, rounds, () => {
    const samples = fleet.next();
    return () => store.append(samples);
  });
}

/** How long each of three hours of rounds takes until it is on the disk, the shortest first. */
function ticksOf(store: Pick<OwnStore, 'acknowledge' | 'tidy'>, fleet: FleetSeries): readonly number[] {
  return Array.from({ length: 3 * roundsAtOnce }, () => {
    const samples = fleet.next();
    const took = msOf(() => store.acknowledge(samples));
    store.tidy();
    return took;
  }).sort((one, other) => one - other);
}

async function meanOf(times: number, work: () => void): Promise<number> {
  let all = 0;
  for (let time = 0; time < times; time += 1) all += msOf(work);
  return all / times;
}

function msOf(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
