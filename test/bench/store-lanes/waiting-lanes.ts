import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSqliteMetricsStore } from '../../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { root } from '../../../scripts/project.mjs';
import { recordingLog } from '../../support/recording-log.ts';
import type { Contest, Lane } from '../lane.ts';
import { median } from '../statistics.ts';
import { beginMs, FleetSeries, machineId, minuteMs } from './fleet-series.ts';
import { ProcessorBeside } from './processor-beside.ts';
import { ownStore } from './stores.ts';

const machines = 1000;
const weekMinutes = 10_080;
const dayMs = 86_400_000;
const limits = { newestMs: 2, waitMs: 50 } as const;

/** How long an answer of the store may take, whatever else it does and however much it keeps. */
export const waitingLanes: readonly Lane[] = [
  {
    id: 'P5',
    area: 'store',
    title: 'the newest values of 1,000 machines, of ten million rows, by the clock',
    reference: `${limits.newestMs} ms: the goal itself`,
    goal: { atMost: 1 },
    unit: 'ms',
    rounds: 7,
    warmUps: 1,
    limitMs: 600_000,
    open: async () => newestOfMany(),
  },
  {
    id: 'B19',
    area: 'store',
    title: 'the longest wait for an answer while a day of 1,000 machines is dropped',
    reference: `${limits.waitMs} ms: the goal itself`,
    goal: { atMost: 1 },
    unit: 'ms',
    rounds: 5,
    warmUps: 1,
    limitMs: 600_000,
    open: () => answersMeanwhile(),
  },
];

function newestOfMany(): Contest {
  const [own, fleet] = [ownStore(), new FleetSeries(machines)];
  for (let minute = 0; minute < weekMinutes; minute += 1) own.append(fleet.next());
  const processor = new ProcessorBeside();
  return {
    ours: async () => processor.measure('ours', 200, () => () => void own.rows.newest()),
    reference: async () => limits.newestMs,
    close: async () => own.close(),
  };
}

/** Behind its own thread, as the engine asks it: what is asked stands in one queue with the slices that are dropped. */
async function answersMeanwhile(): Promise<Contest> {
  const home = mkdtempSync(path.join(tmpdir(), 'vgb-waits-'));
  const migrationsFolder = path.join(root, 'resources', 'migrations', 'metrics');
  const store = createSqliteMetricsStore({ home, migrationsFolder, log: recordingLog() });
  await store.open();
  const stepMs = 5 * minuteMs;
  const days = 9;
  const fleet = new FleetSeries(machines);
  for (let round = 0; round < (days * dayMs) / stepMs; round += 1) await store.append(fleet.next(stepMs));
  const of = { source: 'host', fromMs: beginMs, toMs: beginMs + days * dayMs } as const;
  let asked = 0;
  const ask = async (): Promise<number> => {
    const begun = performance.now();
    if (asked % 2 === 0) await store.newest();
    else await store.history({ ...of, machineId: machineId(asked % machines), points: 300, intervalMs: stepMs });
    asked += 1;
    return performance.now() - begun;
  };
  let dropped = 0;
  const [counts, calm]: [number[], number[]] = [[], []];
  return {
    ours: async () => {
      dropped += 1;
      const keptFrom = { raw: beginMs + dropped * dayMs, hourly: 0, daily: 0 };
      let isOver = false;
      const removing = store.removeOld(keptFrom, Number.MAX_SAFE_INTEGER).finally(() => {
        isOver = true;
      });
      let [longest, answers] = [0, 0];
      while (!isOver) {
        longest = Math.max(longest, await ask());
        answers += 1;
      }
      counts.push(answers);
      if ((await removing) === 0) throw new Error('Nothing was dropped.');
      return longest;
    },
    reference: async () => {
      let longest = 0;
      for (let time = 0; time < 100; time += 1) longest = Math.max(longest, await ask());
      calm.push(longest);
      return limits.waitMs;
    },
    notes: () => [
      `${median(counts).toFixed(0)} answers while each day is dropped; with nothing dropped the longest of 100 took ${median(calm).toFixed(1)} ms.`,
    ],
    close: async () => {
      await store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
