import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createProcesses } from '../../main/adapters/processes/processes.ts';
import { createQemuMachineProvider } from '../../main/adapters/qemu/qemu-machine-provider.ts';
import { connectQmp } from '../../main/adapters/qemu/qmp-client.ts';
import { type RuntimeRecord, readRuntimeRecord } from '../../main/adapters/qemu/runtime-record.ts';
import { MachineConfig } from '../../main/contract/machine.ts';
import { createStopSource, type StopSignal } from '../../main/contract/stop-signal.ts';
import type { Clock } from '../../main/engine/ports/clock.ts';
import type {
  MachineProvider,
  MachineReport,
  ProvidedMachine,
  StartContext,
} from '../../main/engine/ports/machine-provider.ts';
import type { Processes } from '../../main/engine/ports/processes.ts';
import { killProcessesOfHome, machineProcessesOf } from './processes-of-home.ts';
import { createRealClock } from './real-clock.ts';
import { recordingLog } from './recording-log.ts';

/** A data home with real QEMU machines (firmware only) and the providers of one or more lives of an engine. */
export interface QemuRig {
  readonly home: string;
  readonly log: ReturnType<typeof recordingLog>;
  /** Everything that any provider of this rig reported. */
  readonly reports: readonly MachineReport[];
  /** A provider as a new engine would have it. */
  provider(processes?: Processes, clock?: Clock): MachineProvider;
  pids(): readonly number[];
  /** Lets go of everything and ends what is left. */
  end(): Promise<void>;
}

/** What the first rig of this process found out about the accelerator, so that the others need not wait for the trial. */
let acceleratorFound: string | null = null;

export function createQemuRig(homeName = ''): QemuRig {
  const top = mkdtempSync('/tmp/vq-');
  const home = path.join(top, homeName);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const acceleratorFile = path.join(home, 'accelerator.json');
  if (acceleratorFound !== null) writeFileSync(acceleratorFile, acceleratorFound, { mode: 0o600 });
  const log = recordingLog();
  const reports: MachineReport[] = [];
  const providers: MachineProvider[] = [];
  return {
    home,
    log,
    reports,
    provider: (processes = createProcesses(), clock = createRealClock()) => {
      const made = createQemuMachineProvider({
        home,
        clock,
        log,
        processes,
        runtimeFolder: path.join(top, 'run'),
      });
      made.watch((report) => reports.push(report));
      providers.push(made);
      return made;
    },
    pids: () => machineProcessesOf(home).map(({ pid }) => pid),
    end: async () => {
      for (const provider of providers) await provider.close();
      if (existsSync(acceleratorFile)) acceleratorFound = readFileSync(acceleratorFile, 'utf8');
      await killProcessesOfHome(home);
      await rm(top, { recursive: true, force: true });
    },
  };
}

/** A machine of 64 MiB with a disk of 16 MiB. */
export function firmwareMachine(config: Partial<MachineConfig> = {}, name = 'demo'): ProvidedMachine {
  return {
    id: randomUUID(),
    name,
    config: { ...MachineConfig.parse({ memoryMib: 64, diskMib: 16, cpus: 1 }), ...config },
    generation: 1,
    runtime: null,
  };
}

export interface RecordedWork extends StartContext {
  readonly steps: string[];
  readonly runtimes: string[];
}

/** A context that is never cancelled, unless by `signal`. */
export function work(signal: StopSignal = createStopSource().signal): RecordedWork {
  const steps: string[] = [];
  const runtimes: string[] = [];
  return {
    signal,
    steps,
    runtimes,
    progress: (_fraction, step) => steps.push(step),
    spawned: async (runtime) => void runtimes.push(runtime),
  };
}

export function recordOf(runtime: string): RuntimeRecord {
  const record = readRuntimeRecord(runtime);
  if (record === null) throw new Error(`No runtime record: ${runtime}`);
  return record;
}

/** One command at the monitor that is there for people. */
export async function atMonitor(runtime: string, command: string, args?: Record<string, unknown>): Promise<unknown> {
  const client = await connectQmp({
    path: recordOf(runtime).paths.monitor,
    generation: 0,
    clock: createRealClock(),
    timeoutMs: 5000,
    onEvent: () => {},
    onClosed: () => {},
  });
  try {
    return await client.execute(command, args);
  } finally {
    client.close();
  }
}

/** Writes to a port as the guest's kernel would: 0x505 is the panic device, 0x443 starts the watchdog. */
export function writePort(runtime: string, port: string, value: string): Promise<unknown> {
  return atMonitor(runtime, 'human-monitor-command', { 'command-line': `o /b ${port} ${value}` });
}
