import type { ImportFault } from '../../contract/clan-import.ts';
import type { MachineConfig } from '../../contract/machine.ts';

/** The folder of another manager of QEMU machines, usually `~/.clan-vm`. Only ever read. */
export interface ClanFolder {
  /** Rejects with `not-found` when there is no such folder, with `refused` when it may not be read. */
  read(folder: string): Promise<ClanReading>;
}

export interface ClanReading {
  readonly machines: readonly ClanMachine[];
  /** Files and fields that cannot be taken; what they speak of is not among the machines. */
  readonly faults: readonly ImportFault[];
}

export interface ClanMachine {
  readonly name: string;
  /** With the image it has as `diskPath`, absolute. */
  readonly config: MachineConfig & { readonly diskPath: string };
  /** The file that speaks of it. */
  readonly file: string;
  /** ISO 8601 UTC; null where nothing is known. */
  readonly createdAt: string | null;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  /** Oldest first. */
  readonly history: readonly ClanEvent[];
}

export interface ClanEvent {
  /** As it was written, when it is no time that can be read. */
  readonly at: string;
  readonly action: string;
  readonly user: string | null;
  readonly details: string | null;
}
