import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { findCommand } from '../../../scripts/debian-packages.mjs';
import { root } from '../../../scripts/project.mjs';
import { startDeafListener } from '../../support/deaf-listener.ts';
import { endProcess } from '../end-process.ts';
import { CannotRun, type Contest, type Lane } from '../lane.ts';
import type { KnockReport, ManyKnocks } from './knock-many.ts';

const intervalSeconds = 5;
const timeoutSeconds = 4;
/** As many as 200 checks come to in a quarter of an hour. */
const warmUps = 36_000;
const portsToWarmUp = 6;
const stretchMs = 15_000;
const settleMs = 40_000;
const latestGoalMs = 1000;

const shared = { id: 'P21', area: 'watching', warmUps: 0, limitMs: 5 * 60_000 } as const;

/** monit runs beside us against ports of its own; both are measured for as long, one after the other. */
export const tcpLanes: readonly Lane[] = [200, 2000].flatMap((checks): Lane[] => [
  {
    ...shared,
    title: `${checks} TCP checks every ${intervalSeconds} s, one in ten dead: processor time of one`,
    reference: 'monit with as many checks, all alive',
    goal: { atMost: 1.5 },
    unit: 'us',
    rounds: 7,
    open: () => comparedTimes(checks),
  },
  {
    ...shared,
    title: `${checks} TCP checks every ${intervalSeconds} s, one in ten dead: how late the latest begins`,
    reference: `${latestGoalMs} ms, the goal itself`,
    goal: { atMost: 1 },
    unit: 'ms',
    rounds: 1,
    open: () => lateness(checks),
  },
]);

/** Only ours has dead ones to check: monit waits for each of them and hardly gets to the others, so it would be measured doing little. */
async function comparedTimes(checks: number): Promise<Contest> {
  const { ofOurs, ofMonit, close } = await onBoth(checks, { ours: checks / 10, monit: 0 });
  return { ours: async () => (await ofOurs()).each, reference: async () => (await ofMonit()).each, close };
}

async function lateness(checks: number): Promise<Contest> {
  const { ours, ofOurs, ofMonit, close } = await onBoth(checks, { ours: checks / 10, monit: checks / 10 });
  let note = '';
  return {
    ours: async () => {
      const [us, they] = await Promise.all([ofOurs(), ofMonit()]);
      const { latestMs } = await ours.report();
      note = `In ${stretchMs / 1000} s ours reached ${us.done} live ports with ${us.share.toFixed(2)} % of a core, monit ${they.done} with ${they.share.toFixed(2)} %: it checks one after another and waits for the dead.`;
      return latestMs;
    },
    reference: async () => latestGoalMs,
    notes: () => [note],
    close,
  };
}

async function onBoth(checks: number, dead: { readonly ours: number; readonly monit: number }) {
  if (!findCommand('monit'))
    throw new CannotRun('MONIT IS NOT INSTALLED (Debian package monit), so nothing is compared.');
  const folder = mkdtempSync(path.join(tmpdir(), 'vgb-'));
  const deaf = await startDeafListener();
  const server = await startCounter();
  /** One in ten, as far as there are any. */
  const portsOf = (alive: number, deadOnes: number) =>
    Array.from({ length: checks }, (_, index) => (deadOnes > 0 && index % 10 === 9 ? deaf.port : alive));
  const ours = startOurs(folder, portsOf(server.ports[0], dead.ours), server.warmUpPorts);
  const monit = startMonit(folder, portsOf(server.ports[1], dead.monit));
  await pause(settleMs);
  await ours.report();
  /** Microseconds for each check, the dead among them, and live ports that were reached, in one stretch. */
  const stretch = async (child: ChildProcess, deadOnes: number, count: () => Promise<number>) => {
    const [countBefore, cpuBefore] = [await count(), processorUs(child)];
    await pause(stretchMs);
    const done = (await count()) - countBefore;
    const us = processorUs(child) - cpuBefore;
    const made = (done * checks) / (checks - deadOnes);
    return { done, each: us / Math.max(1, made), share: us / 10 / stretchMs };
  };
  return {
    ours,
    ofOurs: () => stretch(ours.child, dead.ours, async () => (await server.counts())[0]),
    ofMonit: () => stretch(monit, dead.monit, async () => (await server.counts())[1]),
    close: async () => {
      await Promise.all([endProcess(ours.child, 'SIGKILL'), endProcess(monit), endProcess(server.child, 'SIGKILL')]);
      await deaf.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startOurs(folder: string, ports: readonly number[], warmUpPorts: readonly number[]) {
  const asked: ManyKnocks = {
    ports,
    warmUps,
    warmUpPorts,
    intervalMs: intervalSeconds * 1000,
    timeoutMs: timeoutSeconds * 1000,
  };
  const file = path.join(folder, 'knocks.json');
  writeFileSync(file, JSON.stringify(asked));
  const script = path.join(root, 'test/bench/watch-lanes/knock-many.ts');
  const child = spawn(process.execPath, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  return {
    child,
    report: async (): Promise<KnockReport> => {
      const line = once(lines, 'line');
      child.stdin.write('\n');
      return JSON.parse((await line)[0]) as KnockReport;
    },
  };
}

function startMonit(folder: string, ports: readonly number[]): ChildProcess {
  const file = path.join(folder, 'monitrc');
  const own = (name: string) => path.join(folder, `monit.${name}`);
  const lines = [
    `set daemon ${intervalSeconds}`,
    ...['pid', 'id', 'state'].map((name) => `set ${name}file ${own(name)}`),
    `set log ${own('log')}`,
    ...ports.flatMap((port, index) => [
      `check host host${index} with address 127.0.0.1`,
      `  if failed port ${port} type tcp with timeout ${timeoutSeconds} seconds then alert`,
    ]),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return spawn('monit', ['-c', file, '-I'], { stdio: 'ignore' });
}

/** Takes every connection and counts those at its first two ports, in a process of its own. */
async function startCounter() {
  const program = `
    const { createServer } = require('node:net');
    const counts = Array(${2 + portsToWarmUp}).fill(0);
    const servers = counts.map((_, at) => createServer((socket) => {
      counts[at] += 1;
      socket.on('error', () => {}).resume();
    }).listen({ port: 0, host: '127.0.0.1', backlog: 4096 }));
    setTimeout(() => console.log(JSON.stringify(servers.map((server) => server.address().port))), 100);
    process.stdin.on('data', () => console.log(JSON.stringify(counts)));
  `;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const told = async (): Promise<[number, number, ...number[]]> => JSON.parse((await once(lines, 'line'))[0]);
  const [ours, monits, ...warmUpPorts] = await told();
  return {
    child,
    ports: [ours, monits] as const,
    warmUpPorts,
    counts: () => {
      const answer = told();
      child.stdin.write('\n');
      return answer;
    },
  };
}

/** Of all threads, to the nanosecond where the kernel tells it. */
function processorUs({ pid }: ChildProcess): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000)
    .reduce((sum, us) => sum + us, 0);
}
