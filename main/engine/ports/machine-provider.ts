import type { DraftFault, LogText } from '../../contract/calls.ts';
import type { MachineConfig, MachineProviderKind } from '../../contract/machine.ts';
import type { StopRung } from '../../contract/operation.ts';
import type { StateVersions } from '../../contract/snapshot.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { MachineConsole } from './machine-console.ts';
import type { MachineDisks } from './machine-disks.ts';
import type { MachineForwards } from './machine-forwards.ts';
import type { MachineGuest } from './machine-guest.ts';
import type { MachineSnapshots } from './machine-snapshots.ts';
import type { Reading } from './reading.ts';

/**
 * One kind of machine, driven. The engine decides what is to happen and writes it down; a provider makes it so and tells
 * the truth about it. Failures are `VigilError`s; a provider never writes to the store.
 */

/** A machine as a provider needs to know it. */
export interface ProvidedMachine {
  readonly id: string;
  readonly name: string;
  readonly config: MachineConfig;
  readonly generation: number;
  /** What `started` handed over in this or an earlier life of the engine; null when nothing runs. */
  readonly runtime: string | null;
}

/** Handed to every long verb. */
export interface WorkContext {
  /** Stop early and leave nothing behind. */
  readonly signal: StopSignal;
  /** `fraction` 0 to 1, or null when it cannot be told. */
  progress(fraction: number | null, step: string): void;
}

export interface StartContext extends WorkContext {
  /**
   * Called the moment a process exists, before anything is said to it. The start goes on when the promise resolves; if it
   * rejects the process is ended and the start fails.
   */
  spawned(runtime: string): Promise<void>;
  /** Saved memory is to be loaded: the guest is held, on the hardware the memory was saved on. Absent: it runs at once. */
  readonly heldFor?: StateVersions;
}

/** A machine that runs. */
export interface MachineRun {
  readonly runtime: string;
  readonly pid: number;
  /** ISO 8601 UTC, from the process itself. */
  readonly startedAt: string;
  readonly accelerator: string;
  /** How the accelerator was chosen, in a sentence. */
  readonly acceleratorReason: string;
  readonly state: 'running' | 'paused';
}

/** Why a process is gone. */
export const machineEndKinds = [
  /** The guest powered itself off. */
  'guest-shutdown',
  /** Our own ladder ended it, or someone's QMP quit. */
  'quit',
  /** A TERM, INT or HUP from outside. */
  'host-signal',
  /** Gone without a word: SIGKILL, out of memory, a crash of the hypervisor. */
  'killed',
  'panicked',
  'watchdog',
  /** QEMU itself said it cannot go on. */
  'internal-error',
  /** It never came up. */
  'start-failed',
] as const;
export type MachineEndKind = (typeof machineEndKinds)[number];

export interface MachineEnd {
  readonly kind: MachineEndKind;
  /** One sentence: `killed by signal 9`, `the guest shut down`. */
  readonly summary: string;
  /** Last lines of QEMU's own output and of the serial console; untrusted text. */
  readonly consoleTail: string;
  /** Last monitor events, oldest first (JSON array). */
  readonly events: string;
}

/** News about a machine that nobody asked for. `generation` says which run it belongs to. */
export type MachineReport =
  | { readonly kind: 'ended'; readonly id: string; readonly generation: number; readonly end: MachineEnd }
  | { readonly kind: 'paused'; readonly id: string; readonly generation: number }
  | { readonly kind: 'resumed'; readonly id: string; readonly generation: number }
  /** The guest panicked or its watchdog fired; the process is held, not gone. */
  | {
      readonly kind: 'panicked' | 'watchdog';
      readonly id: string;
      readonly generation: number;
      readonly end: MachineEnd;
    };

/** What reconciliation found for one known machine. */
export type Finding =
  | { readonly kind: 'running'; readonly run: MachineRun }
  /** Provably gone. `end` when there is evidence of how. */
  | { readonly kind: 'gone'; readonly end: MachineEnd | null }
  /** A process is there but does not prove to be ours: it is left alone. */
  | { readonly kind: 'unidentified'; readonly pid: number; readonly reason: string };

/** A process of this data home that no record knows. */
export interface Stray {
  readonly pid: number;
  readonly id: string;
  readonly name: string;
}

export interface Reconciliation {
  readonly findings: ReadonlyMap<string, Finding>;
  readonly strays: readonly Stray[];
}

export interface StopOptions {
  readonly force: boolean;
  /** How long the ACPI rung waits. */
  readonly acpiMs: number;
}

/** What a machine's own page shows beyond the list. */
export interface ProviderDetail {
  readonly diskPath: string | null;
  readonly diskUsedBytes: number | null;
  readonly consoleLogPath: string | null;
  readonly mac: string;
}

export interface ProviderHealth {
  readonly version: string | null;
  /** The command that installs what is missing; null when nothing is. */
  readonly advice: string | null;
  readonly accelerator: string | null;
  readonly acceleratorReason: string | null;
}

export interface MachineProvider {
  readonly kind: MachineProviderKind;
  readonly disks: MachineDisks;
  readonly snapshots: MachineSnapshots;
  readonly guest: MachineGuest;
  readonly console: MachineConsole;
  readonly forwards: MachineForwards;
  /** What is installed here. Cached; cheap to ask again. */
  health(): Promise<ProviderHealth>;
  /**
   * Everything about a configuration that this computer would refuse: missing or unreadable files, taken ports, an image
   * that cannot be read. `own` is the id of the machine it belongs to, if it exists. `taken` are forwards of other machines.
   */
  examine(
    config: MachineConfig,
    own: string | null,
    taken: ReadonlyMap<number, string>,
  ): Promise<readonly DraftFault[]>;
  /** Makes disk and folder. After a failure or a cancel nothing is left. */
  create(machine: ProvidedMachine, context: WorkContext): Promise<void>;
  /** Comes back when QMP answered with the right uuid and the machine runs. After a failure no process is left. */
  start(machine: ProvidedMachine, context: StartContext): Promise<MachineRun>;
  /** Comes back only when the process is gone and the image lock is free; tells the rung that ended it. */
  stop(machine: ProvidedMachine, options: StopOptions, context: WorkContext): Promise<{ readonly rung: StopRung }>;
  /** Comes back when no virtual CPU of it moves any more. */
  pause(machine: ProvidedMachine, context: WorkContext): Promise<void>;
  /** Comes back when a held machine runs again. Refused for one whose guest is lost. */
  resume(machine: ProvidedMachine, context: WorkContext): Promise<void>;
  /** Removes everything the machine has on this computer. Right also when some or all of it is gone. Refuses while a process is there. */
  remove(machine: ProvidedMachine): Promise<void>;
  /** Compares what is recorded with what is really there, takes up every living machine, signals nothing. */
  reconcile(machines: readonly ProvidedMachine[]): Promise<Reconciliation>;
  /** Address of the network card: chosen, or made from the id and the same for ever. */
  macOf(machine: Pick<ProvidedMachine, 'id' | 'config'>): string;
  detail(machine: ProvidedMachine): Promise<ProviderDetail>;
  readConsole(machine: ProvidedMachine, from: number | undefined, limit: number): Promise<LogText>;
  /**
   * Counters of a running machine as this computer sees them: processor time of its process per virtual CPU, bytes of its
   * disks and network cards. What cannot be seen from outside is null. Rejects when the machine does not run.
   */
  read(machine: ProvidedMachine, takenAtMs: number): Promise<Reading>;
  /** The result ends it. */
  watch(listener: (report: MachineReport) => void): () => void;
  /** Lets go of every connection; machines go on running. */
  close(): Promise<void>;
}
