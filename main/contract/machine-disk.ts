import type { DiskFormat } from './machine.ts';

/** One disk of a local machine, as it lies on this computer. Unknown is null. */
export interface MachineDisk {
  /** `disk0` is the first one. */
  readonly name: string;
  /** Absolute path of its image. */
  readonly path: string;
  readonly format: DiskFormat;
  /** It was there before the machine, and stays when the machine is deleted. */
  readonly adopted: boolean;
  /** What the guest sees, rounded up to whole MiB. */
  readonly virtualMib: number | null;
  /** What its own file takes on this computer. */
  readonly usedBytes: number | null;
  /** How many snapshots are in it; always 0 in a raw image. */
  readonly snapshots: number | null;
  /** The images it stands on, the nearest first: shared with the machines it was cloned from or to, never written. */
  readonly bases: readonly string[];
  /** Why it cannot be used, and the way out; null when nothing is known to be wrong. */
  readonly fault: string | null;
}

/** What a check of an image found. Counts of clusters. */
export interface DiskCheck {
  readonly disk: string;
  /** Places where the image contradicts itself: what a guest reads there may be wrong. */
  readonly corruptions: number;
  /** Space that belongs to nothing: harmless, only wasted. */
  readonly leaks: number;
  /** Of a repair. */
  readonly corruptionsFixed: number;
  readonly leaksFixed: number;
}
