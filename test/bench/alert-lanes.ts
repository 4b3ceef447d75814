import { AlertRule } from '../../main/contract/alert-rule.ts';
import { createAlertBook } from '../../main/engine/alerts/alert-book.ts';
import type { StoredSample } from '../../main/engine/ports/metrics-store.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { Contest, Lane } from './lane.ts';
import { threadMs } from './thread-time.ts';

const shared = { area: 'alerts', unit: 'ms', rounds: 7, warmUps: 2, limitMs: 3 * 60_000 } as const;
const looks = 60;

/** One look at 50 rules over 1,000 machines: what Vigil does beside loops that know nothing but a streak and a silence. */
export const alertLanes: readonly Lane[] = [
  {
    ...shared,
    id: 'P17',
    title: '50 rules over 1,000 machines: hold, clear level, silence, telling',
    reference: 'bare loops over typed arrays: streak and silence',
    goal: { atMost: 2 },
    open: async () => contest(1000, 50, typedLoops),
  },
  {
    ...shared,
    id: 'P17',
    title: '50 rules over 1,000 machines, ten times as fast as plain objects',
    reference: 'a tenth of the same with an object per rule and machine',
    goal: { atMost: 1 },
    open: async () => contest(1000, 50, plainObjects, 0.1),
  },
  {
    ...shared,
    id: 'P17',
    title: 'ten times the machines, in no more than ten times the time',
    reference: 'ten times the time for a tenth of them',
    goal: { atMost: 1 },
    open: async () => growth({ machines: 10_000, rules: 50 }, { machines: 1000, rules: 50 }),
  },
  {
    ...shared,
    id: 'P17',
    title: 'ten times the rules, in no more than ten times the time',
    reference: 'ten times the time for a tenth of them',
    goal: { atMost: 1 },
    open: async () => growth({ machines: 1000, rules: 500 }, { machines: 1000, rules: 50 }),
  },
];

type Evaluate = (round: number, now: number) => void;

interface Work {
  readonly machines: number;
  readonly rules: number;
}

/** Every machine near 50 %, one in a hundred beyond every threshold for good, and now and then one that goes beyond. */
function valuesOf({ machines }: Work): readonly Float64Array[] {
  const random = seededRandom(17);
  return Array.from({ length: looks }, () => {
    const values = new Float64Array(machines);
    for (let machine = 0; machine < machines; machine += 1) {
      const isBeyond = machine % 100 === 0 || random.next() < 0.0001;
      values[machine] = isBeyond ? 99 : 30 + random.next() * 40;
    }
    return values;
  });
}

const thresholdOf = (rule: number): number => 80 + (rule % 15);
const intervalMs = 60_000;
const silenceMs = 900_000;

/** All of it, as the engine does it: values are in, and what is to be told comes out. */
function ours(work: Work, rounds: readonly Float64Array[]): Evaluate {
  let made = 0;
  const book = createAlertBook({ episodes: [], holds: [], mutes: [] }, () => String(made++));
  const rules = Array.from({ length: work.rules }, (_, rule) =>
    AlertRule.parse({
      name: `rule-${rule}`,
      metric: 'cpu_percent',
      threshold: thresholdOf(rule),
      severity: 'warning',
      for_seconds: (rule % 4) * 60,
      clear: thresholdOf(rule) - 5,
    }),
  );
  const machines = Array.from({ length: work.machines }, (_, machine) => ({
    id: `machine-${machine}`,
    name: `machine-${machine}`,
    tags: [],
    provider: 'qemu',
  }));
  book.setRules(rules, 0);
  book.grid.setMachines(machines, 0);
  const context = { isInMaintenance: () => false, isExplained: () => false };
  const taken = rounds.map((values) => machines.map(({ id }, machine) => sampleOf(id, values[machine] ?? 0)));
  let spentTaking = 0;
  const evaluate = (round: number, now: number): void => {
    const begun = threadMs();
    const samples = taken[round] ?? [];
    for (const sample of samples) sample.atMs = now;
    book.grid.takeRound(samples);
    spentTaking += threadMs() - begun;
    book.move(now, 2.5 * intervalMs);
    book.tell(now, context);
    book.takeChanges();
  };
  return Object.assign(evaluate, {
    takeSpent: () => {
      const spent = spentTaking;
      spentTaking = 0;
      return spent;
    },
  });
}

/** The floor: one typed array for the streak, one for the silence. */
function typedLoops(work: Work, rounds: readonly Float64Array[]): Evaluate {
  const streak = new Int32Array(work.machines * work.rules);
  const last = new Float64Array(work.machines * work.rules).fill(-silenceMs);
  const thresholds = Float64Array.from({ length: work.rules }, (_, rule) => thresholdOf(rule));
  const fired: number[] = [];
  return (round, now) => {
    const values = rounds[round] as Float64Array;
    for (let rule = 0; rule < work.rules; rule += 1) {
      const threshold = thresholds[rule] as number;
      const needed = (rule % 4) + 1;
      const base = rule * work.machines;
      for (let machine = 0; machine < work.machines; machine += 1) {
        const cell = base + machine;
        if ((values[machine] as number) > threshold) {
          streak[cell] = (streak[cell] as number) + 1;
          if ((streak[cell] as number) >= needed && now - (last[cell] as number) >= silenceMs) {
            last[cell] = now;
            fired.push(cell);
          }
        } else streak[cell] = 0;
      }
    }
    fired.length = 0;
  };
}

function plainObjects(work: Work, rounds: readonly Float64Array[]): Evaluate {
  const rules = Array.from({ length: work.rules }, (_, rule) => ({
    name: `rule-${rule}`,
    metric: 'cpuPercent' as const,
    threshold: thresholdOf(rule),
    needed: (rule % 4) + 1,
  }));
  const states = new Map<string, { streak: number; last: number }>();
  const fired: string[] = [];
  return (round, now) => {
    const samples = Array.from(rounds[round] as Float64Array, (cpuPercent, machine) => ({
      machine: `machine-${machine}`,
      cpuPercent,
    }));
    for (const rule of rules) {
      for (const sample of samples) {
        const key = `${rule.name} ${sample.machine}`;
        const state = states.get(key) ?? { streak: 0, last: -silenceMs };
        states.set(key, state);
        state.streak = sample[rule.metric] > rule.threshold ? state.streak + 1 : 0;
        if (state.streak >= rule.needed && now - state.last >= silenceMs) {
          state.last = now;
          fired.push(key);
        }
      }
    }
    fired.length = 0;
  };
}

/** Mean of a look, in milliseconds of the processor, without putting the values in: every side is given them. */
function meanOf(evaluate: Evaluate & { readonly takeSpent?: () => number }, clock: { now: number }): number {
  evaluate.takeSpent?.();
  const begun = threadMs();
  for (let round = 0; round < looks; round += 1) {
    clock.now += intervalMs;
    evaluate(round, clock.now);
  }
  return (threadMs() - begun - (evaluate.takeSpent?.() ?? 0)) / looks;
}

function contest(
  machines: number,
  rules: number,
  other: (work: Work, rounds: readonly Float64Array[]) => Evaluate,
  share = 1,
): Contest {
  const work = { machines, rules };
  const values = valuesOf(work);
  const [mine, theirs] = [ours(work, values), other(work, values)];
  const clocks = [{ now: 0 }, { now: 0 }] as const;
  return {
    ours: async () => meanOf(mine, clocks[0]),
    reference: async () => share * meanOf(theirs, clocks[1]),
    close: async () => {},
  };
}

function growth(large: Work, small: Work): Contest {
  const [big, little] = [ours(large, valuesOf(large)), ours(small, valuesOf(small))];
  const clocks = [{ now: 0 }, { now: 0 }] as const;
  return {
    ours: async () => meanOf(big, clocks[0]),
    reference: async () => 10 * meanOf(little, clocks[1]),
    close: async () => {},
  };
}

function sampleOf(machineId: string, cpuPercent: number): StoredSample & { atMs: number } {
  return {
    machineId,
    atMs: 0,
    source: 'guest',
    error: null,
    cpuPercent,
    memoryPercent: null,
    diskPercent: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    networkInBytesPerSecond: null,
    networkOutBytesPerSecond: null,
  };
}
