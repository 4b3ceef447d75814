import { z } from 'zod';
import { MachineConfig } from './machine.ts';

const { shape } = MachineConfig;

/**
 * Changes to the configuration of a machine: what is left out stays as it is, null takes away what need not be there.
 * Disks have verbs of their own; the size of the first one may be named here too, and only grows.
 */
export const MachineEdit = z
  .strictObject({
    // Declared without their defaults, because a change must not carry defaults for what it leaves out.
    cpus: shape.cpus.unwrap(),
    memoryMib: shape.memoryMib.unwrap(),
    diskMib: shape.diskMib.unwrap(),
    kernel: shape.kernel.unwrap().nullable(),
    initrd: shape.initrd.unwrap().nullable(),
    append: shape.append.unwrap().nullable(),
    iso: shape.iso.unwrap().nullable(),
    network: shape.network.unwrap().nullable(),
    bridge: shape.bridge.unwrap().nullable(),
    mac: shape.mac.unwrap().nullable(),
    forwards: shape.forwards.unwrap(),
    tags: shape.tags.unwrap(),
    group: shape.group.unwrap().nullable(),
    qemuArgs: shape.qemuArgs.unwrap(),
  })
  .partial()
  .refine((edit) => Object.values(edit).some((value) => value !== undefined), 'Say what is to be changed.');
export type MachineEdit = z.infer<typeof MachineEdit>;

/** The configuration after a change. */
export function editedConfig(present: MachineConfig, edit: MachineEdit): MachineConfig {
  const named = Object.entries(edit).filter(([, value]) => value !== undefined);
  const next = Object.entries({ ...present, ...Object.fromEntries(named) }).filter(([, value]) => value !== null);
  return MachineConfig.parse(Object.fromEntries(next));
}
