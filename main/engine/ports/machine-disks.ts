import type { DraftFault } from '../../contract/calls.ts';
import type { DataDisk, DiskFormat, MachineConfig } from '../../contract/machine.ts';
import type { DiskCheck, MachineDisk } from '../../contract/machine-disk.ts';
import type { ProvidedMachine, WorkContext } from './machine-provider.ts';

/** A machine that must not share an image with another one. */
export interface ImageOwner {
  readonly id: string;
  readonly name: string;
  /** The image it adopted. */
  readonly diskPath: string;
}

/** What an image that was there before is. */
export interface ImageFinding {
  readonly format: DiskFormat;
  /** Rounded up to whole MiB. */
  readonly sizeMib: number;
}

/**
 * The disks of local machines. Whatever is changed by an image tool is changed only while no process holds the image;
 * what is changed in a running machine is changed by its own process. A disk is named as in `MachineDisk`.
 */
export interface MachineDisks {
  /**
   * What this computer has against the image that a configuration wants to adopt: missing, not ours to write, held by
   * another program, used by one of `others`, or leading to files outside of itself. `own` is the id of the machine it
   * belongs to, if it exists.
   */
  examine(config: MachineConfig, own: string | null, others: readonly ImageOwner[]): Promise<readonly DraftFault[]>;
  /**
   * What the image is, found out from its own first bytes alone, or from what a person stated. Throws `bad-input` for a
   * format that is not taken.
   */
  identify(path: string, stated: DiskFormat | undefined): Promise<ImageFinding>;
  /** Looks without a lock, also while the machine runs. */
  list(machine: ProvidedMachine): Promise<readonly MachineDisk[]>;
  /**
   * Makes the image of a new disk, whole but not yet under its name: `commitDisk` gives it that, `dropDisk` removes it.
   * `machine` does not name the disk yet.
   */
  makeDisk(machine: ProvidedMachine, disk: DataDisk, context: WorkContext): Promise<void>;
  /** The last step of an addition: gives the image its name and plugs it into a machine that runs. */
  commitDisk(machine: ProvidedMachine, disk: DataDisk, context: WorkContext): Promise<void>;
  /** Removes the image of a disk that was never part of its machine. Right also when there is none. */
  dropDisk(machine: ProvidedMachine, disk: DataDisk): Promise<void>;
  /**
   * Makes a disk larger, at once also for a machine that runs. Tells how the guest's file system takes the new room.
   * Never makes it smaller: that is `refused`.
   */
  grow(
    machine: ProvidedMachine,
    disk: string,
    sizeMib: number,
    context: WorkContext,
  ): Promise<{ readonly advice: string }>;
  /** Of a machine that does not run. A repair that has begun is finished. */
  check(machine: ProvidedMachine, disk: string, repair: boolean, context: WorkContext): Promise<DiskCheck>;
  /** Gives back space that holds only zeros. Of a machine that does not run; after a failure or cancel nothing has changed. */
  compact(machine: ProvidedMachine, disk: string, context: WorkContext): Promise<{ readonly freedBytes: number }>;
  /**
   * Makes folder and disks of `clone` from those of `source`, which does not run. Linked, both then stand on what was the
   * disk of `source` before, which nobody writes any more. After a failure or cancel nothing is left of the clone.
   */
  clone(source: ProvidedMachine, clone: ProvidedMachine, linked: boolean, context: WorkContext): Promise<void>;
  /** Removes the shared images that no machine stands on any more. */
  removeUnusedBases(): Promise<void>;
}
