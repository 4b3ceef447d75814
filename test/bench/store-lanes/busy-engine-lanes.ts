import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createSystemClock } from '../../../main/adapters/clock/system-clock.ts';
import { createMetricsRows } from '../../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../../main/adapters/sqlite/open-metrics-database.ts';
import { createSqliteMetricsStore } from '../../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { createSqliteStateStore } from '../../../main/adapters/sqlite/sqlite-state-store.ts';
import { Settings } from '../../../main/contract/settings.ts';
import { createMetricsDesk, type Measured } from '../../../main/engine/metrics/metrics-desk.ts';
import { createEngineNotices } from '../../../main/engine/notices/engine-notices.ts';
import type { Reading } from '../../../main/engine/ports/reading.ts';
import type { Ssh } from '../../../main/engine/ports/ssh.ts';
import { root } from '../../../scripts/project.mjs';
import { recordingLog } from '../../support/recording-log.ts';
import type { Contest, Lane } from '../lane.ts';
import { median } from '../statistics.ts';
import { FleetSeries, machineId, minuteMs } from './fleet-series.ts';

const machines = 500;
const limits = { p99Ms: 20, maxMs: 100 } as const;
const windowMs = 20_000;
const dayMs = 86_400_000;

/** How long the engine's thread is away while it reads, keeps, drops, backs up and answers at once. */
export const busyEngineLanes: readonly Lane[] = (['p99Ms', 'maxMs'] as const).map(
  (which): Lane => ({
    id: 'B12',
    area: 'store',
    title: `${which === 'p99Ms' ? 'p99' : 'longest'} delay of the engine's thread: 500 machines every 2 s, old readings dropped, backups, a chart of 30 days again and again`,
    reference: `the limit of ${limits[which]} ms`,
    goal: { atMost: 1 },
    unit: 'ms',
    rounds: 3,
    warmUps: 1,
    limitMs: 300_000,
    open: () => busyEngine(which),
  }),
);

const someone = { user: 'dev', face: 'cli' } as const;

/** Of none of these machines a guest is looked at. */
const noSsh: Ssh = {
  check: () => Promise.reject(new Error('nobody is to be reached')),
  run: () => Promise.reject(new Error('nobody is to be reached')),
  layOutHostKeys: async () => undefined,
  forget: async () => undefined,
};

async function busyEngine(which: keyof typeof limits): Promise<Contest> {
  const home = mkdtempSync(path.join(tmpdir(), 'vgb-busy-'));
  storePast(home);
  const log = recordingLog();
  const folder = (of: string): string => path.join(root, 'resources', 'migrations', of);
  const store = createSqliteMetricsStore({ home, migrationsFolder: folder('metrics'), log });
  const state = createSqliteStateStore({ home, migrationsFolder: folder('state'), log });
  await store.open();
  await state.open();
  const clock = createSystemClock();
  const events = { publish: () => undefined };
  const measured = Array.from({ length: machines }, (_, index) => machineOf(index));
  const names = Object.fromEntries(measured.map(({ id }) => [id, id]));
  const desk = createMetricsDesk({
    clock,
    log,
    events,
    notices: createEngineNotices(clock, events),
    store,
    ssh: noSsh,
    settings: () => Settings.parse({}),
    measured: () => measured,
    measuredOf: () => null,
    names: () => names,
    nameOf: (id) => names[id],
    resolve: (name) => ({ id: name, name }),
    bootSeen: () => undefined,
  });
  const again = async (untilMs: number, everyMs: number, work: () => Promise<unknown>): Promise<void> => {
    while (clock.monotonicNow() < untilMs) {
      const nextMs = clock.monotonicNow() + everyMs;
      await work();
      await pause(Math.max(0, nextMs - clock.monotonicNow()));
    }
  };
  const chart = async () => {
    const now = clock.wallNow();
    const [from, to] = [now - 30 * dayMs, now].map((at) => new Date(at).toISOString());
    const range = { machine: machineId(3), from: from ?? '', to: to ?? '', points: 300 };
    return desk.handlers['metrics.history'](range, someone);
  };
  const idle: number[] = [];
  return {
    ours: async () => {
      const beside = await idleThread();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      const untilMs = clock.monotonicNow() + windowMs;
      delay.enable();
      await Promise.all([
        again(untilMs, 2000, () => desk.collect()),
        again(untilMs, 1000, () => desk.retain()),
        again(untilMs, 5000, () => state.backup()),
        again(untilMs, 500, chart),
      ]);
      delay.disable();
      idle.push((await beside.end())[which]);
      return (which === 'p99Ms' ? delay.percentile(99) : delay.max) / 1e6;
    },
    reference: async () => limits[which],
    notes: () => [
      `a thread that does nothing was away for ${median(idle).toFixed(1)} ms meanwhile: so much is this computer's other work`,
    ],
    close: async () => {
      await store.close();
      await state.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What the same clock says of a thread that does nothing, beside the engine's. */
async function idleThread(): Promise<{ end(): Promise<Readonly<Record<keyof typeof limits, number>>> }> {
  const source = `
    const { monitorEventLoopDelay } = require('node:perf_hooks');
    const { parentPort } = require('node:worker_threads');
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    parentPort.postMessage('ready');
    parentPort.on('message', () => {
      delay.disable();
      parentPort.postMessage({ p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 });
      parentPort.close();
    });`;
  const worker = new Worker(source, { eval: true });
  await once(worker, 'message');
  return {
    end: async () => {
      worker.postMessage(null);
      const [seen] = (await once(worker, 'message')) as [Readonly<Record<keyof typeof limits, number>>];
      return seen;
    },
  };
}

function machineOf(index: number): Measured {
  let busy = 0;
  return {
    id: machineId(index),
    guest: null,
    guestSource: 'guest',
    readHost: async (takenAtMs): Promise<Reading> => {
      busy += index + 1;
      return {
        takenAtMs,
        epoch: 'one',
        cpu: { busy, total: takenAtMs * 10 },
        memoryPercent: 40,
        diskPercent: 50,
        diskReadBytes: busy * 1000,
        diskWriteBytes: busy * 700,
        networkInBytes: busy * 300,
        networkOutBytes: busy * 100,
      };
    },
  };
}

/** Thirty days of a few machines, a reading every five minutes, up to now. */
function storePast(home: string): void {
  const { db } = openMetricsDatabase({
    home,
    migrationsFolder: path.join(root, 'resources', 'migrations', 'metrics'),
    now: 0,
  });
  db.pragma('synchronous = OFF');
  const rows = createMetricsRows(db, (sentence) => console.error(sentence));
  const stepMs = 5 * minuteMs;
  const rounds = (30 * dayMs) / stepMs;
  const fleet = new FleetSeries(20);
  const endMs = Date.now();
  for (let round = 0; round < rounds; round += 1) {
    const atMs = Math.round(endMs - (rounds - round) * stepMs);
    rows.append(fleet.next(stepMs).map((sample) => ({ ...sample, atMs })));
    while (rows.tidy());
  }
  db.close();
}
