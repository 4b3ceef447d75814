import { VigilError } from '../../contract/failure.ts';
import type { FleetContext } from '../fleet/fleet-context.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { beginRemoval } from './delete-snapshot.ts';
import { expiredSnapshots } from './snapshot-tree.ts';

/** Removes the safety snapshots whose time is over, one at a time; a machine that is busy has its turn the next time. */
export async function expireSnapshots(fleet: FleetContext): Promise<void> {
  const now = isoTime(fleet.clock.wallNow());
  for (const { record } of fleet.registry.all()) {
    if (record.unfinished !== undefined || record.state === 'unknown') continue;
    for (const snapshot of expiredSnapshots(fleet.snapshots.of(record.id), record.snapshot, now)) {
      try {
        const { id } = await beginRemoval(fleet, snapshot, null);
        await fleet.operations.wait(id);
      } catch (error) {
        if (!(error instanceof VigilError) || error.code !== 'conflict') throw error;
      }
    }
  }
}
