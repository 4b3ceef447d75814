import { join } from 'node:path';
import { type DiskFormat, firstDisk, type MachineConfig } from '../../contract/machine.ts';
import type { MachinePaths } from './qemu-paths.ts';

/** One image that a machine is attached to. */
export interface MachineImage {
  /** Name of its node in QEMU: `disk0`, `disk-NAME` of a data disk, `vars` of the firmware. */
  readonly node: string;
  /** Name a person uses for it; of the firmware's image `vars`. */
  readonly name: string;
  readonly path: string;
  readonly format: DiskFormat;
  readonly role: 'first' | 'data' | 'firmware';
  /** It was there before the machine and stays when the machine goes. */
  readonly adopted: boolean;
}

export const firmwareNode = 'vars';

/** Every image of a machine, the first disk first. Pure. */
export function blockNodes(config: MachineConfig, paths: MachinePaths): readonly MachineImage[] {
  return [
    firstImage(config, paths),
    ...(config.disks ?? []).map(({ name }) => dataImage(name, paths)),
    ...firmwareImage(config, paths),
  ];
}

/** Those a guest sees as disks. */
export function diskNodes(config: MachineConfig, paths: MachinePaths): readonly MachineImage[] {
  return blockNodes(config, paths).filter(({ role }) => role !== 'firmware');
}

export function dataImage(name: string, paths: MachinePaths): MachineImage {
  return {
    node: `disk-${name}`,
    name,
    path: join(paths.folder, `disk-${name}.qcow2`),
    format: 'qcow2',
    role: 'data',
    adopted: false,
  };
}

function firstImage({ diskPath, diskFormat }: MachineConfig, paths: MachinePaths): MachineImage {
  const shared = { node: firstDisk, name: firstDisk, role: 'first' } as const;
  if (diskPath === undefined) return { ...shared, path: paths.disk, format: 'qcow2', adopted: false };
  // As raw an image is only ever bytes: whatever a guest writes into it names no other file of this computer.
  return { ...shared, path: diskPath, format: diskFormat ?? 'raw', adopted: true };
}

function firmwareImage({ firmware }: MachineConfig, paths: MachinePaths): readonly MachineImage[] {
  if (firmware !== 'uefi') return [];
  return [
    {
      node: firmwareNode,
      name: firmwareNode,
      path: join(paths.folder, 'vars.qcow2'),
      format: 'qcow2',
      role: 'firmware',
      adopted: false,
    },
  ];
}
