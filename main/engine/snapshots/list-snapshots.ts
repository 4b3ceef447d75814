import type { Snapshot } from '../../contract/snapshot.ts';
import type { FleetContext } from '../fleet/fleet-context.ts';
import type { LoadableVersions } from '../ports/machine-snapshots.ts';
import type { MachineRecord, SnapshotRecord } from '../ports/state-store.ts';
import { loadObstacle, sentenceOf } from './versions-fit.ts';

/** The snapshots of a machine, oldest first; those that are being taken or removed are not there for anybody. */
export async function listSnapshots(fleet: FleetContext, reference: string): Promise<readonly Snapshot[]> {
  const { record } = fleet.registry.resolve(reference);
  const here = await fleet.provider.snapshots.loadable();
  const all = fleet.snapshots.of(record.id);
  return all.filter(({ state }) => state === 'ready').map((snapshot) => snapshotView(snapshot, all, record, here));
}

export function snapshotView(
  snapshot: SnapshotRecord,
  all: readonly SnapshotRecord[],
  machine: MachineRecord,
  here: LoadableVersions | null,
): Snapshot {
  const { at, consistent, creator, expiresAt, id, live, name, sizeBytes, user, versions } = snapshot;
  const obstacle = versions === null ? null : loadObstacle(versions, here, withoutMemory(machine.name, name));
  return {
    id,
    name,
    machine: machine.name,
    machineId: machine.id,
    at,
    parent: all.find((other) => other.id === snapshot.parent)?.name ?? null,
    sizeBytes,
    live,
    creator,
    user,
    expiresAt,
    current: machine.snapshot === id,
    consistent,
    obstacle: obstacle === null ? null : sentenceOf(obstacle),
  };
}

/** The way out that is always there. */
export function withoutMemory(machine: string, snapshot: string): string {
  return `go back to its disks alone: vigil revert ${machine} ${snapshot} --without-memory`;
}
