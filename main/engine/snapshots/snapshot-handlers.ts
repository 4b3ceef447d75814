import type { Handlers } from '../../contract/calls.ts';
import type { FleetContext } from '../fleet/fleet-context.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { listSnapshots } from './list-snapshots.ts';
import { revertMachine } from './revert-machine.ts';
import { suspendMachine } from './suspend-machine.ts';
import { takeSnapshot } from './take-snapshot.ts';

export type SnapshotHandlers = Pick<
  Handlers,
  'snapshot.take' | 'snapshot.list' | 'snapshot.revert' | 'snapshot.delete' | 'machine.suspend'
>;

/** What a person can ask about going back in time. */
export function createSnapshotHandlers(fleet: FleetContext): SnapshotHandlers {
  return {
    'snapshot.take': ({ machine, name }, by) => takeSnapshot(fleet, machine, name, by),
    'snapshot.list': ({ machine }) => listSnapshots(fleet, machine),
    'snapshot.revert': ({ machine, ...wish }, by) => revertMachine(fleet, machine, wish, by),
    'snapshot.delete': ({ machine, snapshot }, by) => deleteSnapshot(fleet, machine, snapshot, by),
    'machine.suspend': ({ machine }, by) => suspendMachine(fleet, machine, by),
  };
}
