import type { StateVersions } from '../../contract/snapshot.ts';
import type { ProvidedMachine, WorkContext } from './machine-provider.ts';

/** What saved memory can be loaded into on this computer. */
export interface LoadableVersions {
  readonly qemu: string;
  /** Versioned names of the machine types that this QEMU still knows. */
  readonly machineTypes: readonly string[];
  /** The ones a machine can be started with. */
  readonly accelerators: readonly string[];
  /** CPU model per accelerator, as `StateVersions` has it. */
  readonly cpuModels: Readonly<Record<string, string>>;
  readonly hasUefi: boolean;
}

/** What the images of a machine hold under one tag. */
export interface HeldSnapshot {
  /** In every image: only then can it be gone back to. */
  readonly isWhole: boolean;
  /** Size of the memory in it, in bytes; 0 when there is none. */
  readonly memoryBytes: number;
}

/**
 * Points in time inside the images of local machines, by their tags. Of a machine that has a process everything is done by
 * that process; an image tool touches only images that nobody holds. What is taken is in every image or in none.
 */
export interface MachineSnapshots {
  /** Null when QEMU is not installed. */
  loadable(): Promise<LoadableVersions | null>;
  /** Of a machine that has a process. Throws `refused` when its QEMU is too old for saving memory. */
  versionsOf(machine: ProvidedMachine): Promise<StateVersions>;
  /** What is in the images now, by tag; foreign tags included. */
  held(machine: ProvidedMachine): Promise<ReadonlyMap<string, HeldSnapshot>>;
  /**
   * Memory and disks of a machine that has a process; its guest goes on as it was, running or held. After a failure or a
   * cancel nothing is left, unless its process stopped answering.
   */
  save(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<{ readonly memoryBytes: number }>;
  /** Into a machine that has a process, whose guest stands still afterwards. Begun, it is finished. */
  load(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void>;
  /** Disks of a machine that has no process; `conflict` when somebody holds one of them. */
  saveDisks(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void>;
  /** As `saveDisks`. Begun, it is finished; after a failure some disks may have changed and others not. */
  loadDisks(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void>;
  /** From every image. Right also when none holds it. Begun, it is finished. */
  remove(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void>;
  /**
   * Puts the tables of the images right after a change that was cut short: a killed process leaves room in them that
   * belongs to nothing, and marks by which a guest would write into a snapshot. Of a machine that has no process. Comes back
   * with the names of disks that have other faults, which are left alone.
   */
  tidy(machine: ProvidedMachine): Promise<readonly string[]>;
  /** Waits for what an earlier engine began in the process and clears it away. What came of it, `held` tells. */
  finishJobs(machine: ProvidedMachine, context: WorkContext): Promise<void>;
}
