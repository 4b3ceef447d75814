import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSqliteMetricsStore } from '../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { AlertRules } from '../../main/contract/alert-rule.ts';
import { createAlertBook } from '../../main/engine/alerts/alert-book.ts';
import { type AlertDesk, createAlertDesk } from '../../main/engine/alerts/alert-desk.ts';
import { createAlertStory } from '../../main/engine/alerts/alert-story.ts';
import type { AlertSubject } from '../../main/engine/alerts/alert-subjects.ts';
import type { MetricsStore, StoredSample } from '../../main/engine/ports/metrics-store.ts';
import { root } from '../../scripts/project.mjs';
import {
  countingIdentifiers,
  FakeNetwork,
  MemoryAlertRules,
  MemoryMetrics,
  MemoryStore,
} from '../support/fake-ports.ts';
import { ManualClock } from '../support/manual-clock.ts';
import type { Contest, Lane } from './lane.ts';
import { threadMs } from './thread-time.ts';

const machines = 1000;
const minute = 60_000;
const shared = { area: 'alerts', unit: 'ms', rounds: 7, warmUps: 2, limitMs: 3 * 60_000 } as const;

/** From the last reading to the word, with the real store of readings. */
export const alertDelayLanes: readonly Lane[] = [
  {
    ...shared,
    id: 'P18',
    title: '1,000 machines, 50 rules: the last reading is in, the message goes to its channels',
    reference: 'the same readings kept, and the same rules evaluated, one after the other',
    goal: { atMost: 3 },
    open: delay,
  },
  {
    ...shared,
    id: 'P18',
    title: '1,000 machines, 50 rules: p99 of how long one look holds the main thread',
    reference: '20 ms, the goal itself',
    goal: { atMost: 1 },
    open: hold,
  },
];

const rules = AlertRules.parse({
  rules: Array.from({ length: 50 }, (_, rule) => ({
    name: `rule-${rule}`,
    metric: 'cpu_percent',
    threshold: 80 + (rule % 15),
    severity: 'warning',
    for_seconds: rule === 0 ? 0 : 3600,
  })),
});
const subjects: readonly AlertSubject[] = Array.from({ length: machines }, (_, machine) => ({
  id: `machine-${machine}`,
  name: `machine-${machine}`,
  tags: [],
  provider: 'qemu',
  isResting: false,
  conditions: { machine_down: 0, service_dead: 0, heartbeat_stale: 0 },
  remoteHost: null,
  isFailing: false,
  parents: [],
  maintenance: [],
  checkIntervalMs: minute,
}));

interface Rig {
  readonly clock: ManualClock;
  readonly desk: AlertDesk;
  /** When the last message went out. */
  toldAt: number;
}

async function rig(): Promise<Rig> {
  const clock = new ManualClock();
  const file = new MemoryAlertRules();
  file.rules = rules;
  const ledger = {
    lastId: 0,
    commit: async () => [],
    record: () => [],
    conclude: async () => undefined,
    follow: () => () => undefined,
    flush: async () => undefined,
  };
  const made: Rig = {
    clock,
    toldAt: 0,
    desk: createAlertDesk(
      {
        clock,
        ledger,
        file,
        log: { write: () => undefined },
        events: { publish: () => undefined },
        outbox: {
          write: (_changes, _happenings, tellings) => {
            if (tellings.length > 0) made.toldAt = performance.now();
          },
          changed: () => undefined,
        },
        store: new MemoryStore(),
        metrics: new MemoryMetrics(),
        notices: { list: [], raise: () => undefined, clear: () => undefined },
        identifiers: countingIdentifiers(),
        story: createAlertStory([]),
        observer: { look: async () => ({ faults: [], witnesses: 2, disturbance: null, graceMs: 0 }) },
        network: new FakeNetwork(),
        describeHost: () => {
          throw new Error('nobody should have to ask');
        },
        // New ones each time, as the engine makes them.
        subjects: () => subjects.map((subject) => ({ ...subject, conditions: { ...subject.conditions } })),
        resolve: (name) => ({ id: name, name }),
        nearestThreshold: () => null,
        intervalMs: () => minute,
        raise: () => undefined,
      },
      { episodes: [], holds: [], mutes: [] },
      await file.read(),
    ),
  };
  await made.desk.begin();
  return made;
}

/** One machine in a hundred is beyond every threshold for good; the first one when told. */
function readings(atMs: number, isBeyond: boolean): readonly StoredSample[] {
  return subjects.map(({ id }, machine) => ({
    machineId: id,
    atMs,
    source: 'guest',
    error: null,
    cpuPercent: (machine === 0 ? isBeyond : machine % 100 === 1) ? 99 : 30 + ((machine * 7 + atMs / minute) % 40),
    memoryPercent: 50,
    diskPercent: 50,
    diskReadBytesPerSecond: 1000,
    diskWriteBytesPerSecond: 1000,
    networkInBytesPerSecond: 1000,
    networkOutBytesPerSecond: 1000,
  }));
}

async function openStore(): Promise<{ readonly store: MetricsStore; close(): Promise<void> }> {
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-alert-delay-'));
  const migrationsFolder = path.join(root, 'resources', 'migrations', 'metrics');
  const store = createSqliteMetricsStore({ home, migrationsFolder, log: { write: () => undefined } });
  await store.open();
  return {
    store,
    close: async () => {
      await store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const turns = 15;

async function delay(): Promise<Contest> {
  const { store, close } = await openStore();
  const made = await rig();
  const book = createAlertBook({ episodes: [], holds: [], mutes: [] }, () => 'episode');
  book.setRules(rules.rules, 0);
  book.grid.setMachines(subjects, 0);
  const next = async (isBeyond: boolean): Promise<readonly StoredSample[]> => {
    // Past the silence after the message before.
    await made.clock.advance(16 * minute);
    return readings(made.clock.wallNow(), isBeyond);
  };
  return {
    ours: async () => {
      const spent: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        await made.desk.take(await next(false));
        const samples = await next(true);
        const begun = performance.now();
        await store.append(samples);
        await made.desk.take(samples);
        spent.push(made.toldAt - begun);
      }
      return median(spent);
    },
    reference: async () => {
      const spent: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        const samples = await next(turn % 2 === 0);
        const begun = performance.now();
        await store.append(samples);
        book.grid.takeRound(samples);
        book.move(made.clock.wallNow(), 2.5 * minute);
        spent.push(performance.now() - begun);
      }
      return median(spent);
    },
    close: async () => {
      await made.desk.stop();
      await close();
    },
  };
}

async function hold(): Promise<Contest> {
  const made = await rig();
  const looks = 200;
  const busy: number[] = [];
  const p99 = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;
  return {
    ours: async () => {
      const spent: number[] = [];
      for (let look = 0; look < looks; look += 1) {
        await made.clock.advance(minute);
        const samples = readings(made.clock.wallNow(), look % 2 === 0);
        const [begun, worked] = [performance.now(), threadMs()];
        await made.desk.take(samples);
        spent.push(performance.now() - begun);
        busy.push(threadMs() - worked);
      }
      return p99(spent);
    },
    reference: async () => 20,
    notes: () => [
      `Of its processor time alone, which others who want the processor add nothing to, the p99 is ${p99(busy).toFixed(1)} ms, the longest ${Math.max(...busy).toFixed(1)} ms.`,
    ],
    close: () => made.desk.stop(),
  };
}
