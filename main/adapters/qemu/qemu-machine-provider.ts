import { lstat, mkdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type {
  Finding,
  MachineProvider,
  MachineReport,
  MachineRun,
  ProvidedMachine,
  Stray,
} from '../../engine/ports/machine-provider.ts';
import type { ProcessExit, Processes } from '../../engine/ports/processes.ts';
import { createAcceleratorProbe } from './accelerator-probe.ts';
import { prepareConsoleLog, readLog, tailOf } from './console-log.ts';
import { createDiskImages } from './disk-image.ts';
import { examineConfig } from './examine-config.ts';
import { type Found, findMachine } from './find-machine.ts';
import { liveTarget, silentTarget } from './ladder-target.ts';
import { LiveMachine } from './live-machine.ts';
import { type MachineProcess, machineProcesses } from './machine-processes.ts';
import { homeMark, type MachinePaths, machinePaths, runtimePaths } from './qemu-paths.ts';
import { createQemuFinder, installAdvice, type QemuProgram } from './qemu-program.ts';
import { readCounters } from './read-counters.ts';
import { openRuntimeBase } from './runtime-folder.ts';
import { type RuntimeRecord, writeRuntimeRecord } from './runtime-record.ts';
import { startMachine } from './start-machine.ts';
import { climbStopLadder, waitForLock } from './stop-ladder.ts';

export interface QemuMachineProviderOptions {
  /** The data home; its folder exists and is ours alone. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly processes: Processes;
  /** Holds the sockets, in place of the session's runtime folder. Short: a socket's path has 107 bytes at most. */
  readonly runtimeFolder?: string;
}

/** Local machines, each a QEMU process of its own that outlives us. */
export function createQemuMachineProvider(options: QemuMachineProviderOptions): MachineProvider {
  const { clock, log, processes } = options;
  const images = createDiskImages(processes);
  const findQemu = createQemuFinder(processes);
  const listeners = new Set<(report: MachineReport) => void>();
  const lives = new Map<string, LiveMachine>();
  const probe = createAcceleratorProbe({
    processes,
    file: join(options.home, 'accelerator.json'),
    bootId: () => processes.identify(process.pid)?.bootId ?? 'no boot id',
    platform: process.platform,
  });

  // By its real path: the same home reached through a link must find the same machines.
  const openHome = once(async () => {
    const home = await realpath(options.home);
    return { home, mark: homeMark(home), base: await openRuntimeBase(home, options.runtimeFolder, process.env) };
  });
  const pathsOf = async (id: string) => machinePaths((await openHome()).home, id);

  const requireQemu = async (): Promise<QemuProgram> => {
    const qemu = await findQemu();
    if (qemu !== null) return qemu;
    throw new VigilError('refused', 'QEMU is not installed.', { hint: installAdvice(process.platform) });
  };

  const report = (news: MachineReport) => {
    if (news.kind === 'ended' && lives.get(news.id)?.generation === news.generation) lives.delete(news.id);
    for (const listener of [...listeners]) {
      try {
        listener(news);
      } catch (error) {
        log.write('error', 'qemu', 'A listener failed', { machine: news.id, error });
      }
    }
  };

  const takeUp = (
    machine: ProvidedMachine,
    paths: MachinePaths,
    record: RuntimeRecord,
    exited: Promise<ProcessExit> | null,
  ) =>
    new LiveMachine({
      id: machine.id,
      generation: machine.generation,
      record,
      exited,
      processes,
      clock,
      log,
      report,
      readTail: async () => lastWords(paths, record.consoleFrom),
    });

  const knownLive = (id: string): LiveMachine | null => {
    const live = lives.get(id);
    return live === undefined || live.isGone() ? null : live;
  };

  const find = async (machine: ProvidedMachine, claims: readonly MachineProcess[]): Promise<Found> => {
    const known = knownLive(machine.id);
    if (known !== null && known.client !== null && known.generation === machine.generation)
      return { kind: 'live', live: known };
    // A monitor serves one client: our own old connection would keep the new one waiting.
    known?.release();
    const paths = await pathsOf(machine.id);
    const found = await findMachine({
      machine,
      claims: claims.filter(({ id }) => id === machine.id),
      paths,
      processes,
      clock,
      takeUp: (record) => takeUp(machine, paths, record, null),
    });
    if (found.kind === 'live') lives.set(machine.id, found.live);
    else lives.delete(machine.id);
    return found;
  };

  const listOwn = async () => machineProcesses(await processes.list(), (await openHome()).mark);

  return {
    kind: 'qemu',

    health: async () => {
      const qemu = await findQemu();
      if (qemu === null) {
        return { version: null, advice: installAdvice(process.platform), accelerator: null, acceleratorReason: null };
      }
      const found = await probe.find(qemu);
      return { version: qemu.version, advice: null, accelerator: found.name, acceleratorReason: found.reason };
    },

    examine: (config, own, taken) =>
      examineConfig({
        config,
        taken,
        held: new Set(own === null ? [] : knownLive(own)?.record.hostPorts),
        isRoot: process.getuid?.() === 0,
      }),

    create: async (machine, context) => {
      const paths = await pathsOf(machine.id);
      await requireQemu();
      await mkdir(join((await openHome()).home, 'machines'), { recursive: true, mode: 0o700 });
      await makeNewFolder(paths.folder);
      try {
        context.progress(0.2, 'Making the disk');
        await images.create(paths.disk, machine.config.diskMib, context.signal);
        await prepareConsoleLog(paths.console);
        if (context.signal.aborted) throw new VigilError('cancelled', 'The creation was cancelled.');
        context.progress(1, 'Made');
      } catch (error) {
        await rm(paths.folder, { recursive: true, force: true });
        throw error;
      }
    },

    start: async (machine, context) => {
      if (knownLive(machine.id) !== null) throw new VigilError('conflict', `${machine.name} is running already.`);
      const qemu = await requireQemu();
      const paths = await pathsOf(machine.id);
      await requireDisk(paths.disk, machine.name);
      const faults = await examineConfig({
        config: machine.config,
        taken: new Map(),
        held: new Set(),
        isRoot: process.getuid?.() === 0,
      });
      const [fault] = faults;
      if (fault !== undefined) throw new VigilError('refused', fault.message, { field: fault.field, hint: fault.hint });
      context.progress(0.1, 'Choosing the accelerator');
      const accelerator = await probe.find(qemu);
      lives.get(machine.id)?.release();
      const live = await startMachine({
        machine,
        context,
        qemu,
        accelerator,
        paths,
        runtime: runtimePaths((await openHome()).base, machine.id),
        processes,
        clock,
        takeUp: (record, exited) => takeUp(machine, paths, record, exited),
      });
      lives.set(machine.id, live);
      return runOf(live);
    },

    stop: async (machine, stop, context) => {
      const paths = await pathsOf(machine.id);
      const lockIsFree = () => images.lockIsFree(paths.disk);
      const ladder = {
        force: stop.force,
        acpiMs: stop.acpiMs,
        clock,
        signal: context.signal,
        progress: context.progress,
      };
      const found = await find(machine, await listOwn());
      if (found.kind === 'gone') {
        await waitForLock({ lockIsFree }, { clock });
        return { rung: 'ended' };
      }
      if (found.kind === 'unidentified') {
        // What we wrote down at its start and its own command line both say it is ours: a person may insist.
        if (!stop.force || !found.claimed) {
          const hint = found.claimed
            ? 'Stop it by force, which ends the process.'
            : 'Look at the process; it is left alone.';
          throw new VigilError('refused', found.reason, { hint });
        }
        return { rung: await climbStopLadder(silentTarget(found.record.identity, processes, lockIsFree), ladder) };
      }
      const { live } = found;
      const claim = live.claimEnd();
      try {
        const silenceMs = stop.force ? 2000 : 5000;
        const rung = await climbStopLadder(liveTarget({ live, processes, clock, lockIsFree, silenceMs }), ladder);
        claim.settle();
        lives.delete(machine.id);
        await rm(live.record.paths.folder, { recursive: true, force: true });
        return { rung };
      } catch (error) {
        claim.giveBack();
        throw error;
      }
    },

    remove: async (machine) => {
      const paths = await pathsOf(machine.id);
      const [claim] = (await listOwn()).filter(({ id }) => id === machine.id);
      const pid = claim?.process.identity.pid ?? knownLive(machine.id)?.record.identity.pid;
      if (pid !== undefined) throw new VigilError('conflict', `${machine.name} still has a process (${pid}).`);
      if (!(await images.lockIsFree(paths.disk))) {
        throw new VigilError('conflict', `Another program holds the disk of ${machine.name}.`);
      }
      lives.get(machine.id)?.release();
      lives.delete(machine.id);
      await rm(runtimePaths((await openHome()).base, machine.id).folder, { recursive: true, force: true });
      await rm(paths.folder, { recursive: true, force: true });
    },

    reconcile: async (machines) => {
      const claims = await listOwn();
      const found = await Promise.all(
        machines.map(async (machine) => [machine.id, findingOf(await find(machine, claims))] as const),
      );
      const known = new Set(machines.map(({ id }) => id));
      const strays = claims.filter(({ id }) => !known.has(id)).map(strayOf);
      return { findings: new Map(found), strays };
    },

    detail: async (machine) => {
      const paths = await pathsOf(machine.id);
      const [disk, console] = await Promise.all([statOf(paths.disk), statOf(paths.console)]);
      return {
        diskPath: disk === null ? null : paths.disk,
        diskUsedBytes: disk === null ? null : disk.blocks * 512,
        consoleLogPath: console === null ? null : paths.console,
      };
    },

    readConsole: async (machine, from, limit) => readLog((await pathsOf(machine.id)).console, from, limit),

    read: async (machine, takenAtMs) => {
      const live = knownLive(machine.id);
      if (live === null) throw new VigilError('conflict', `${machine.name} does not run.`);
      return readCounters(live, processes, takenAtMs);
    },

    watch: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },

    close: async () => {
      for (const live of lives.values()) live.release();
      lives.clear();
      listeners.clear();
    },
  };
}

function runOf(live: LiveMachine): MachineRun {
  const { record } = live;
  return {
    runtime: writeRuntimeRecord(record),
    pid: record.identity.pid,
    startedAt: record.startedAt,
    accelerator: record.accelerator,
    acceleratorReason: record.acceleratorReason,
    state: live.state === 'running' ? 'running' : 'paused',
  };
}

function findingOf(found: Found): Finding {
  switch (found.kind) {
    case 'live':
      return { kind: 'running', run: runOf(found.live) };
    case 'gone':
      return { kind: 'gone', end: found.end };
    case 'unidentified':
      return { kind: 'unidentified', pid: found.record.identity.pid, reason: found.reason };
  }
}

function strayOf({ id, name, process }: MachineProcess): Stray {
  return { pid: process.identity.pid, id, name };
}

async function lastWords(paths: MachinePaths, consoleFrom: number): Promise<string> {
  const [console, qemu] = await Promise.all([tailOf(paths.console, consoleFrom), tailOf(paths.log)]);
  return qemu === '' ? console : `${console}\n[QEMU]\n${qemu}`.slice(-8192);
}

async function makeNewFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (exists) throw new VigilError('conflict', `${path} is there already.`, { cause });
    throw new VigilError('refused', `${path} could not be made.`, { cause });
  }
}

async function requireDisk(path: string, name: string): Promise<void> {
  const found = await statOf(path);
  if (found === null || !found.isFile()) throw new VigilError('refused', `The disk of ${name} is gone: ${path}.`);
}

async function statOf(path: string) {
  try {
    return (await lstat(path)).isSymbolicLink() ? null : await stat(path);
  } catch {
    return null;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    if (made === null) {
      const making = make();
      made = making;
      making.catch(() => {
        if (made === making) made = null;
      });
    }
    return made;
  };
}
