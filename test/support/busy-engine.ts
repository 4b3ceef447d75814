import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSystemClock } from '../../main/adapters/clock/system-clock.ts';
import { createMetricsRows } from '../../main/adapters/sqlite/metrics-rows.ts';
import { openMetricsDatabase } from '../../main/adapters/sqlite/open-metrics-database.ts';
import { createSqliteMetricsStore } from '../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { createSqliteStateStore } from '../../main/adapters/sqlite/sqlite-state-store.ts';
import { Settings } from '../../main/contract/settings.ts';
import { createMetricsDesk, type Measured } from '../../main/engine/metrics/metrics-desk.ts';
import { createEngineNotices } from '../../main/engine/notices/engine-notices.ts';
import type { Reading } from '../../main/engine/ports/reading.ts';
import type { Ssh } from '../../main/engine/ports/ssh.ts';
import { root } from '../../scripts/project.mjs';
import { FleetSeries, machineId, minuteMs } from '../bench/store-lanes/fleet-series.ts';
import { recordingLog } from './recording-log.ts';

/** An engine that does everything with its readings at once, on real stores. */
export interface BusyEngine {
  /** Reads, keeps, drops, backs up and answers for so long. What was answered, by kind. */
  work(forMs: number): Promise<Readonly<Record<'rounds' | 'retentions' | 'backups' | 'charts', number>>>;
  close(): Promise<void>;
}

const machines = 500;
const dayMs = 86_400_000;
const someone = { user: 'dev', face: 'cli' } as const;

/** Of none of these machines a guest is looked at. */
const noSsh: Ssh = {
  check: () => Promise.reject(new Error('nobody is to be reached')),
  run: () => Promise.reject(new Error('nobody is to be reached')),
  layOutHostKeys: async () => undefined,
  forget: async () => undefined,
};

export async function busyEngine(): Promise<BusyEngine> {
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
  const settings = Settings.parse({});
  const measured = Array.from({ length: machines }, (_, index) => machineOf(index));
  const names = Object.fromEntries(measured.map(({ id }) => [id, id]));
  const desk = createMetricsDesk({
    clock,
    log,
    events,
    notices: createEngineNotices(clock, events),
    store,
    ssh: noSsh,
    settings: () => settings,
    measured: () => measured,
    measuredOf: () => null,
    names: () => names,
    nameOf: (id) => names[id],
    resolve: (name) => ({ id: name, name }),
    bootSeen: () => undefined,
  });
  const again = async (untilMs: number, everyMs: number, work: () => Promise<unknown>): Promise<number> => {
    let times = 0;
    while (clock.monotonicNow() < untilMs) {
      const nextMs = clock.monotonicNow() + everyMs;
      await work();
      times += 1;
      await pause(Math.max(0, nextMs - clock.monotonicNow()));
    }
    return times;
  };
  const chart = async () => {
    const now = clock.wallNow();
    const [from, to] = [now - 30 * dayMs, now].map((at) => new Date(at).toISOString());
    const range = { machine: machineId(3), from: from ?? '', to: to ?? '', points: 300 };
    return desk.handlers['metrics.history'](range, someone);
  };
  return {
    work: async (forMs) => {
      const untilMs = clock.monotonicNow() + forMs;
      const [rounds, retentions, backups, charts] = await Promise.all([
        again(untilMs, 2000, () => desk.collect()),
        again(untilMs, 1000, () => desk.retain()),
        again(untilMs, 5000, () => state.backup()),
        again(untilMs, 500, chart),
      ]);
      return { rounds, retentions, backups, charts };
    },
    close: async () => {
      await store.close();
      await state.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function machineOf(index: number): Measured {
  let busy = 0;
  return {
    id: machineId(index),
    guest: null,
    agent: null,
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
