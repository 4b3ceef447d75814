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
  const { consistent, value } = await withWritesHeld(fleet, snapshot, () =>
    snapshots.save(machine, snapshot.tag, context),
  );
  return { ...snapshot, consistent, sizeBytes: value.memoryBytes, state: 'ready' };
}

/**
 * The disks of a live snapshot are whole for whoever takes them without the memory: what the guest has not written yet is
 * written first, where its agent can. The guest stands still while its memory is saved, so it notices a moment at most.
 */
async function withWritesHeld<T>(
  fleet: FleetContext,
  { creator, machineId }: SnapshotRecord,
  work: () => Promise<T>,
): Promise<{ readonly consistent: boolean; readonly value: T }> {
  const found = present(fleet, machineId);
  const { guest } = fleet.provider;
  // A guest that is held answers nothing, and for safety it is held before its memory is saved.
  const answers = found.record.state === 'running' && creator !== 'safety';
  const consistent = answers && (await guest.freeze(providedMachine(found)));
  try {
    return { consistent, value: await work() };
  } finally {
    if (consistent) await letWritesGo(fleet, machineId);
  }
}

/** What a guest held when its memory was saved, it still holds when it has that memory again. Never rejects. */
export async function letWritesGo(fleet: FleetContext, machineId: string): Promise<void> {
  try {
    await fleet.provider.guest.thaw(providedMachine(present(fleet, machineId)));
  } catch (error) {
    // The port goes on trying until the machine ends.
    fleet.log.write('warn', 'snapshots', 'a guest does not confirm that its writes go on', {
      machine: machineId,
      error,
    });
  }
}

/** Its clock stood still while its memory lay on the disk. Where no agent listens, the guest's own time service has to do it. */
export function setGuestClock(fleet: FleetContext, machineId: string): void {
  fleet.provider.guest
    .setTime(providedMachine(present(fleet, machineId)))
    .catch((error: unknown) =>
      fleet.log.write('info', 'snapshots', "the guest's clock was not set", { machine: machineId, error }),
    );
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
