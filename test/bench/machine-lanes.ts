import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallInput } from '../../main/contract/calls.ts';
import { findCommand } from '../../scripts/debian-packages.mjs';
import { tinyLinux } from '../support/guests/tiny-linux.ts';
import { argumentsOf, startBareQemu } from './bare-qemu.ts';
import { type HeadlessEngine, startHeadlessEngine } from './headless-engine.ts';
import { CannotRun, type Contest, type Lane } from './lane.ts';
import { median } from './statistics.ts';

const shared = { area: 'machines', unit: 'ms', rounds: 15, warmUps: 2, limitMs: 180_000 } as const;
const machine = 'bench';
/** From a start until what it stirred up on either side has come to rest: a stop is measured, not the end of a start. */
const settledMs = 500;

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
          await pause(settledMs);
          const begin = performance.now();
          await engine.done(engine.connection.call('machine.stop', { machine, force: true }));
          return performance.now() - begin;
        },
        reference: async () => {
          const qemu = await startBareQemu(command);
          await pause(settledMs);
          const elapsed = await qemu.quit();
          await qemu.close();
          return elapsed;
        },
        notes: () => [durableWrite],
        close,
      };
    },
  },
  {
    ...shared,
    id: 'P6',
    title: 'request to start until the guest is up',
    reference: 'the same QEMU command line, spawned',
    goal: { atMost: 1.02 },
    warmUps: 1,
    limitMs: 900_000,
    open: async () => {
      const { engine, command, durableWrite, close } = await machineReady(await tinyGuest());
      const console = await consoleOf(engine);
      return {
        ours: async () => {
          const [elapsed] = await Promise.all([
            console.says(guestIsUp),
            engine.done(engine.connection.call('machine.start', { machine })),
          ]);
          await engine.done(engine.connection.call('machine.stop', { machine, force: true }));
          return elapsed;
        },
        reference: async () => {
          const [elapsed, qemu] = await Promise.all([console.says(guestIsUp), startBareQemu(command)]);
          await qemu.close();
          return elapsed;
        },
        notes: () => [durableWrite],
        close,
      };
    },
  },
  {
    ...shared,
    id: 'P7',
    title: 'snapshot of a running guest with its memory',
    reference: "QEMU's own job on a second guest of the same kind",
    goal: { atMost: 1.03 },
    limitMs: 600_000,
    open: async () => {
      const guest = await tinyGuest();
      const { engine, command, durableWrite, close } = await machineReady(guest);
      const { call } = engine.connection;
      const console = await consoleOf(engine);
      const [, bare] = await Promise.all([console.says(guestIsUp), startBareQemu(command)]);
      const closeAll = () => bare.close().then(close);
      try {
        const ours = 'ours';
        await engine.done(call('machine.create', { name: ours, ...guest }));
        const itsConsole = await consoleOf(engine, ours);
        await Promise.all([itsConsole.says(guestIsUp), engine.done(call('machine.start', { machine: ours }))]);
        return {
          ours: async () => {
            const begin = performance.now();
            await engine.done(call('snapshot.take', { machine: ours, name: 'bench' }));
            const elapsed = performance.now() - begin;
            await engine.done(call('snapshot.delete', { machine: ours, snapshot: 'bench' }));
            return elapsed;
          },
          reference: () => bare.saveSnapshot(),
          notes: () => [durableWrite],
          close: closeAll,
        };
      } catch (error) {
        await closeAll();
        throw error;
      }
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

/** What the console of the tiny Linux says when it has come up. */
const guestIsUp = 'tiny linux is up';
const guestUpMs = 120_000;

type Guest = Pick<CallInput<'machine.create'>, 'cpus' | 'memoryMib' | 'diskMib' | 'kernel' | 'initrd' | 'append'>;

/** Firmware and nothing to boot. */
const noGuest: Guest = { cpus: 1, memoryMib: 64, diskMib: 16 };

async function tinyGuest(): Promise<Guest> {
  const { append, initrd, kernel } = await tinyLinux({ authorizedKey: 'ssh-ed25519 nobody' });
  return { cpus: 1, memoryMib: 192, diskMib: 256, kernel, initrd, append };
}

/** The log of a machine's serial console, which stays the same file from run to run. */
async function consoleOf({ connection }: HeadlessEngine, name = machine) {
  const { consoleLogPath } = await connection.call('machine.get', { machine: name });
  if (consoleLogPath === null) throw new Error('The machine has no console log.');
  return {
    /** Milliseconds from now until these words come. */
    says: async (words: string): Promise<number> => {
      const begin = performance.now();
      const file = openSync(consoleLogPath, 'r');
      try {
        let at = fstatSync(file).size;
        const chunk = Buffer.alloc(64 * 1024);
        for (let said = ''; !said.includes(words); ) {
          const length = readSync(file, chunk, 0, chunk.length, at);
          at += length;
          said = (said + chunk.toString('latin1', 0, length)).slice(-chunk.length);
          if (performance.now() - begin > guestUpMs) throw new Error(`The guest does not come up: ${said.slice(-500)}`);
          if (length === 0) await pause(5);
        }
        return performance.now() - begin;
      } finally {
        closeSync(file);
      }
    },
  };
}

async function machineReady(guest: Guest = noGuest): Promise<ReadyMachine> {
  if (!findCommand('qemu-system-x86_64')) throw new CannotRun('qemu-system-x86_64 is not installed.');
  const engine = await startHeadlessEngine();
  try {
    const { call } = engine.connection;
    await engine.done(call('machine.create', { name: machine, ...guest }));
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
