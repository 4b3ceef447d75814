import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCommand } from '../../scripts/debian-packages.mjs';
import { projectNode } from '../../scripts/project.mjs';
import { bareApp, type ElectronApp, vigilApp } from './electron-app.ts';
import { endProcess } from './end-process.ts';
import { startHeadlessEngine } from './headless-engine.ts';
import { CannotRun, type Lane } from './lane.ts';
import { settledMemoryMib, settledOwnMemoryMib } from './process-memory.ts';
import { watchTray } from './tray-watch.ts';

const manyMachines = 50;
const shared = { id: 'P11', area: 'memory', unit: 'MiB', rounds: 5, warmUps: 1, limitMs: 300_000 } as const;

/** What Vigil itself costs while nobody looks at it. */
export const memoryLanes: readonly Lane[] = [
  {
    ...shared,
    title: 'hidden app with its engine, whole process tree',
    reference: 'an Electron app that makes a tray and nothing else',
    goal: { atMost: 1.2 },
    open: async () => {
      onlyOnLinux();
      const [watch, ours, reference] = [await watchTray(), await vigilApp(), await bareApp('bare-tray')];
      const weigh = (app: ElectronApp, extra: readonly string[]) => async () => {
        const running = app.start(extra);
        try {
          await watch.usable(running);
          return await settledMemoryMib(running.pid);
        } finally {
          await running.end();
        }
      };
      return {
        ours: weigh(ours, ['--hidden']),
        reference: weigh(reference, []),
        close: async () => {
          await watch.close();
          await ours.close();
          await reference.close();
        },
      };
    },
  },
  {
    ...shared,
    title: 'headless engine without machines',
    reference: 'Node with a timer and nothing else',
    goal: { atMost: 2.5 },
    open: async () => {
      onlyOnLinux();
      // A Node of its own: shared with whatever else runs on Node now, its pages would count by a share that says nothing.
      const folder = mkdtempSync(path.join(tmpdir(), 'vgb-'));
      const node = path.join(folder, 'node');
      copyFileSync(projectNode(), node);
      return {
        ours: async () => {
          const engine = await startHeadlessEngine(node);
          return settledMemoryMib(engine.pid).finally(() => engine.close());
        },
        reference: async () => {
          const child = spawn(node, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
          return settledMemoryMib(child.pid ?? 0).finally(() => endProcess(child));
        },
        close: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  },
  {
    ...shared,
    id: 'P9',
    title: `one more running machine in the engine, from 1 to ${manyMachines}`,
    reference: 'the budget of a quarter of a MiB each',
    goal: { atMost: 1 },
    rounds: 3,
    warmUps: 0,
    limitMs: 900_000,
    open: async () => {
      onlyOnLinux();
      if (!findCommand('qemu-system-x86_64')) throw new CannotRun('qemu-system-x86_64 is not installed.');
      return { ours: memoryPerMachineMib, reference: async () => 0.25, close: async () => undefined };
    },
  },
];

function onlyOnLinux(): void {
  if (process.platform !== 'linux') throw new CannotRun('Memory is read from /proc, which only Linux has.');
}

/** Of the engine alone; QEMU's own memory is QEMU's. */
async function memoryPerMachineMib(): Promise<number> {
  const engine = await startHeadlessEngine();
  const { call } = engine.connection;
  const names = Array.from({ length: manyMachines }, (_, index) => `machine-${index + 1}`);
  try {
    for (const name of names) await engine.done(call('machine.create', { name, cpus: 1, memoryMib: 32, diskMib: 16 }));
    const start = (machine: string) => engine.done(call('machine.start', { machine }));
    const [first = '', ...others] = names;
    await start(first);
    const one = await settledOwnMemoryMib(engine.pid);
    for (const machine of others) await start(machine);
    return ((await settledOwnMemoryMib(engine.pid)) - one) / others.length;
  } finally {
    await engine.close();
  }
}
