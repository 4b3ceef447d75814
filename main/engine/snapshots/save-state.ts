import type { FleetContext } from '../fleet/fleet-context.ts';
import { providedMachine } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { SnapshotRecord } from '../ports/state-store.ts';
import { unstoppable } from './snapshot-rows.ts';

/**
 * Puts what a machine is now into its images under the tag of `snapshot`: with its memory when the snapshot is live.
 * Comes back with the row as it is then. A failure or a cancel leaves nothing, as far as the images can be reached.
 */
export async function saveState(
  fleet: FleetContext,
  snapshot: SnapshotRecord,
  context: WorkContext,
): Promise<SnapshotRecord> {
  const machine = providedMachine(present(fleet, snapshot.machineId));
  const { snapshots } = fleet.provider;
  if (!snapshot.live) {
    await snapshots.saveDisks(machine, snapshot.tag, context);
    return { ...snapshot, state: 'ready' };
  }
  const { memoryBytes } = await snapshots.save(machine, snapshot.tag, context);
  return { ...snapshot, sizeBytes: memoryBytes, state: 'ready' };
}

/** Takes back what a save that failed may have left. False when the images cannot be reached now. */
export async function takeBackSave(
  fleet: FleetContext,
  snapshot: SnapshotRecord,
  context: WorkContext,
): Promise<boolean> {
  try {
    const machine = providedMachine(present(fleet, snapshot.machineId));
    await fleet.provider.snapshots.remove(machine, snapshot.tag, unstoppable(context));
    return true;
  } catch (error) {
    fleet.log.write('warn', 'snapshots', 'what a snapshot left could not be removed', {
      machine: snapshot.machineId,
      tag: snapshot.tag,
      error,
    });
    return false;
  }
}
