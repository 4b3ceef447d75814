import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { MachineReport, ProvidedMachine } from '../../engine/ports/machine-provider.ts';
import type { ProcessExit, Processes } from '../../engine/ports/processes.ts';
import { createAcceleratorProbe } from './accelerator-probe.ts';
import { tailOf } from './console-log.ts';
import { createDiskImages, type DiskImages } from './disk-image.ts';
import { type Found, findMachine } from './find-machine.ts';
import { type AgentLanes, createAgentLanes } from './guest-agent-lanes.ts';
import { LiveMachine } from './live-machine.ts';
import { type MachineProcess, machineProcesses } from './machine-processes.ts';
import { homeMark, type MachinePaths, machinePaths, type RuntimePaths, runtimePaths } from './qemu-paths.ts';
import { createQemuFinder, installAdvice, type QemuProgram } from './qemu-program.ts';
import { openRuntimeBase } from './runtime-folder.ts';
import type { RuntimeRecord } from './runtime-record.ts';

export interface QemuOptions {
  /** The data home; its folder exists and is ours alone. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly processes: Processes;
  /** Holds the sockets, in place of the session's runtime folder. Short: a socket's path has 107 bytes at most. */
  readonly runtimeFolder?: string;
}

/** What everything that is done with local machines shares: where they lie, which of them live, and the programs. */
export interface QemuContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly processes: Processes;
  readonly images: DiskImages;
  readonly agents: AgentLanes;
  readonly probe: ReturnType<typeof createAcceleratorProbe>;
  /** Null when QEMU is not installed. */
  readonly findQemu: () => Promise<QemuProgram | null>;
  requireQemu(): Promise<QemuProgram>;
  /** The folder `machines/` of the data home, by its real path. */
  machinesFolder(): Promise<string>;
  pathsOf(id: string): Promise<MachinePaths>;
  runtimeOf(id: string): Promise<RuntimePaths>;
  /** The present run of a machine, as far as it is held; null when none is or it has ended. */
  knownLive(id: string): LiveMachine | null;
  /** The run of a machine; where none is held it is looked for among `claims`, which are asked for only then. */
  find(machine: ProvidedMachine, claims: () => Promise<readonly MachineProcess[]>): Promise<Found>;
  /** Every process that says it is a machine of this data home. */
  listOwn(): Promise<readonly MachineProcess[]>;
  /** Makes the machine that listens to a run; nothing is held until `hold`. */
  takeUp(
    machine: ProvidedMachine,
    paths: MachinePaths,
    record: RuntimeRecord,
    exited: Promise<ProcessExit> | null,
  ): LiveMachine;
  hold(id: string, live: LiveMachine): void;
  /** Lets go of the run of a machine; its process is left alone. */
  letGo(id: string): void;
  letGoOfAll(): void;
  watch(listener: (report: MachineReport) => void): () => void;
}

export function createQemuContext(options: QemuOptions): QemuContext {
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

  const find = async (machine: ProvidedMachine, claims: () => Promise<readonly MachineProcess[]>): Promise<Found> => {
    const known = knownLive(machine.id);
    if (known !== null && known.client !== null && known.generation === machine.generation)
      return { kind: 'live', live: known };
    // A monitor serves one client: our own old connection would keep the new one waiting.
    known?.release();
    const paths = await pathsOf(machine.id);
    const found = await findMachine({
      machine,
      claims: (await claims()).filter(({ id }) => id === machine.id),
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
    clock,
    log,
    processes,
    images,
    agents: createAgentLanes(clock),
    probe,
    findQemu,
    requireQemu,
    machinesFolder: async () => join((await openHome()).home, 'machines'),
    pathsOf,
    runtimeOf: async (id) => runtimePaths((await openHome()).base, id),
    knownLive,
    find,
    listOwn,
    takeUp,
    hold: (id, live) => {
      lives.set(id, live);
    },
    letGo: (id) => {
      lives.get(id)?.release();
      lives.delete(id);
    },
    letGoOfAll: () => {
      for (const live of lives.values()) live.release();
      lives.clear();
      listeners.clear();
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

async function lastWords(paths: MachinePaths, consoleFrom: number): Promise<string> {
  const [console, qemu] = await Promise.all([tailOf(paths.console, consoleFrom), tailOf(paths.log)]);
  return qemu === '' ? console : `${console}\n[QEMU]\n${qemu}`.slice(-8192);
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
