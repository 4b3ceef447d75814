import type { Handlers } from '../../contract/calls.ts';
import type { FleetContext } from '../fleet/fleet-context.ts';
import { addDisk } from './add-disk.ts';
import { cloneMachine } from './clone-machine.ts';
import { growDisk } from './grow-disk.ts';
import { checkDisk, compactDisk } from './tend-disk.ts';

/** The calls about the disks of a machine, and the one that copies them all. */
export type DiskHandlers = Pick<Handlers, 'disk.add' | 'disk.grow' | 'disk.check' | 'disk.compact' | 'machine.clone'>;

export function createDiskHandlers(fleet: FleetContext): DiskHandlers {
  return {
    'disk.add': ({ machine, ...disk }, by) => addDisk(fleet, machine, disk, by),
    'disk.grow': (wish, by) => growDisk(fleet, wish, by),
    'disk.check': (wish, by) => checkDisk(fleet, wish, by),
    'disk.compact': (wish, by) => compactDisk(fleet, wish, by),
    'machine.clone': (wish, by) => cloneMachine(fleet, wish, by),
  };
}
