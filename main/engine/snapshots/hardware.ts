import type { MachineConfig } from '../../contract/machine.ts';
import { sameConfig } from '../fleet/config-in-force.ts';

/** What of a configuration memory and disks depend on: pure. */

/**
 * The same virtual hardware, disks and their sizes included. Port forwards, tags and group belong to this computer and to
 * the people who use the machine, not to its insides.
 */
export function sameHardware(a: MachineConfig, b: MachineConfig): boolean {
  return sameConfig(hardwareOf(a, b), b);
}

/** The hardware of `then` with the port forwards, tags and group of `now`. */
export function hardwareOf(then: MachineConfig, now: MachineConfig): MachineConfig {
  const { forwards, group, preallocation, tags } = now;
  const { group: _group, preallocation: _preallocation, ...rest } = then;
  return {
    ...rest,
    forwards,
    tags,
    ...(group === undefined ? {} : { group }),
    ...(preallocation === undefined ? {} : { preallocation }),
  };
}

/** Only qcow2 images keep snapshots; a raw one can only be an adopted one. */
export function keepsSnapshots({ diskFormat, diskPath }: MachineConfig): boolean {
  return diskPath === undefined || diskFormat === 'qcow2';
}
