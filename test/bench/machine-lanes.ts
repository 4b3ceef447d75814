import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { findCommand } from '../../scripts/debian-packages.mjs';
import { argumentsOf, startBareQemu } from './bare-qemu.ts';
import { type HeadlessEngine, startHeadlessEngine } from './headless-engine.ts';
import { CannotRun, type Contest, type Lane } from './lane.ts';
import { median } from './statistics.ts';

const shared = { area: 'machines', unit: 'ms', rounds: 15, warmUps: 2, limitMs: 180_000 } as const;
const machine = 'bench';

/** A machine that has firmware and nothing to boot: only what surrounds QEMU differs between the two sides. */
export const machineLanes: readonly Lane[] = [
  {
    ...shared,
    id: 'P6',
    title: 'request to start until QMP has answered, all checks included',
    reference: 'the same QEMU command line, spawned and asked the same',
    goal: { atMost: 1.25 },
    open: async () => {
      const { engine, command, durableWrite, close } = await machineReady();
      return {
        ours: async () => {
          const begin = performance.now();
          await engine.done(engine.connection.call('machine.start', { machine }));
          const elapsed = performance.now() - begin;
          await engine.done(engine.connection.call('machine.stop', { machine, force: true }));
          return elapsed;
        },
        reference: async () => {
          const qemu = await startBareQemu(command);
          await qemu.close();
          return qemu.answeredAfterMs;
        },
        notes: () => [durableWrite],
        close,
      };
    },
  },
  {
    ...shared,
    id: 'P7',
    title: 'request for a forced stop until the machine is gone',
    reference: "QMP's quit on an open connection until the process is gone",
    goal: { atMost: 1.5 },
    open: async () => {
      const { engine, command, durableWrite, close } = await machineReady();
      return {
        ours: async () => {
          await engine.done(engine.connection.call('machine.start', { machine }));
          const begin = performance.now();
          await engine.done(engine.connection.call('machine.stop', { machine, force: true }));
          return performance.now() - begin;
        },
        reference: async () => {
          const qemu = await startBareQemu(command);
          const elapsed = await qemu.quit();
          await qemu.close();
          return elapsed;
        },
        notes: () => [durableWrite],
        close,
      };
    },
  },
];

interface ReadyMachine extends Pick<Contest, 'close'> {
  readonly engine: HeadlessEngine;
  /** How the engine starts this machine's QEMU. */
  readonly command: readonly string[];
  /** What no promise to survive a power cut can do without, in a sentence. */
  readonly durableWrite: string;
}

async function machineReady(): Promise<ReadyMachine> {
  if (!findCommand('qemu-system-x86_64')) throw new CannotRun('qemu-system-x86_64 is not installed.');
  const engine = await startHeadlessEngine();
  try {
    const { call } = engine.connection;
    await engine.done(call('machine.create', { name: machine, cpus: 1, memoryMib: 64, diskMib: 16 }));
    await engine.done(call('machine.start', { machine }));
    const { pid } = (await call('machine.get', { machine })).machine;
    if (pid === undefined) throw new Error('The machine was started and has no process.');
    const command = argumentsOf(pid);
    await engine.done(call('machine.stop', { machine, force: true }));
    const durableMs = durableWriteMs(engine.home);
    const durableWrite = `One durable write to this disk takes ${durableMs.toFixed(1)} ms; the bare side makes none.`;
    return { engine, command, durableWrite, close: engine.close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function durableWriteMs(folder: string): number {
  const file = openSync(path.join(folder, 'durable-write'), 'w', 0o600);
  const times = Array.from({ length: 9 }, () => {
    const begin = performance.now();
    writeSync(file, Buffer.alloc(4096));
    fsyncSync(file);
    return performance.now() - begin;
  });
  closeSync(file);
  return median(times);
}
