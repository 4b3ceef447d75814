import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { findCommand } from '../../../scripts/debian-packages.mjs';
import { root } from '../../../scripts/project.mjs';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { CannotRun, type Contest, type Lane } from '../lane.ts';
import type { ManyWatched, WatchReport } from './watch-many.ts';

const hosts = 1000;
const servers = 4;
const intervalSeconds = 60;
const goals = { latenessMs: 1000, delayMs: 20 } as const;

const shared = { area: 'watching', unit: 'ms', rounds: 1, warmUps: 0, limitMs: 10 * 60_000 } as const;

/** Absolute goals: the reference is the goal itself. */
export const scheduleLanes: readonly Lane[] = [
  {
    ...shared,
    id: 'watch',
    title: `${hosts} SSH checks a minute: p99 of how late one begins`,
    reference: `${goals.latenessMs} ms, the goal itself`,
    goal: { atMost: 1 },
    open: () => onServers(({ latenessP99Ms }) => latenessP99Ms, goals.latenessMs),
  },
  {
    ...shared,
    id: 'watch',
    title: `${hosts} SSH checks a minute: p99 of the main thread's delay`,
    reference: `${goals.delayMs} ms, the goal itself`,
    goal: { atMost: 1 },
    open: () => onServers(({ delayP99Ms }) => delayP99Ms, goals.delayMs),
  },
];

/** One minute serves both lanes: what was measured for the one is told to the other. */
let measured: Promise<WatchReport> | null = null;

async function onServers(figure: (report: WatchReport) => number, goal: number): Promise<Contest> {
  if (!findCommand('sshd')) throw new CannotRun('sshd is not installed.');
  measured ??= watchAll();
  const report = await measured;
  return {
    ours: async () => figure(report),
    reference: async () => goal,
    notes: () => [
      `${report.checks} checks in a minute, ${report.failed} of them failed; p99 of how late one begins ${report.latenessP99Ms.toFixed(1)} ms, of the main thread's delay ${report.delayP99Ms.toFixed(1)} ms, of how long one takes ${report.durationP99Ms.toFixed(0)} ms; ${report.cpuMs.toFixed(1)} ms of our processor time each.`,
    ],
    close: async () => {},
  };
}

async function watchAll(): Promise<WatchReport> {
  const running = await Promise.all(Array.from({ length: servers }, () => startSshd(['LogLevel ERROR'])));
  const [first] = running;
  if (first === undefined) throw new Error('No server was started.');
  try {
    const knownHosts = path.join(first.folder, 'known');
    writeFileSync(
      knownHosts,
      running.map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey.publicLine}\n`).join(''),
    );
    const watched: ManyWatched = {
      home: first.folder,
      knownHosts,
      hosts: Array.from({ length: hosts }, (_, index) => hostOf(index, running)),
      intervalSeconds,
      settleMs: intervalSeconds * 1000,
      measureMs: 60_000,
    };
    // Too much for a command line.
    const file = path.join(first.folder, 'watched.json');
    writeFileSync(file, JSON.stringify(watched));
    const script = path.join(root, 'test/bench/watch-lanes/watch-many.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, file], {
      timeout: 5 * 60_000,
      killSignal: 'SIGKILL',
    });
    return JSON.parse(stdout) as WatchReport;
  } finally {
    await Promise.all(running.map((server) => server.dispose()));
  }
}

function hostOf(index: number, running: readonly Sshd[]): ManyWatched['hosts'][number] {
  const server = running[index % running.length];
  if (server === undefined) throw new Error('There is no server.');
  return {
    id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    name: `host-${index}`,
    address: server.host,
    port: server.port,
    user: server.user,
    keyFile: server.clientKey.file,
    trustOnFirstUse: false,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}
