import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import { type FleetContext, messageOf, providedMachine, rowOf } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import type { Happening } from '../journal/ledger.ts';
import type { OperationEnd } from '../operations/operations.ts';
import type { MachineRecord, SnapshotRecord } from '../ports/state-store.ts';
import {
  refuseUnclear,
  refuseUnfinished,
  requireSnapshot,
  snapshotGone,
  snapshotRow,
  unstoppable,
} from './snapshot-rows.ts';
import { withoutSnapshot } from './snapshot-tree.ts';

/** Deletes one snapshot, wherever it is in the tree: no other one and not the machine's present are touched. */
export async function deleteSnapshot(
  fleet: FleetContext,
  reference: string,
  name: string,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  refuseUnclear(found);
  refuseUnfinished(fleet, found);
  const snapshot = requireSnapshot(fleet, found, name);
  if (snapshot.state === 'taking') throw new VigilError('conflict', `The snapshot '${name}' is being taken.`);
  return beginRemoval(fleet, snapshot, by);
}

/** Without a caller the engine itself removes it. */
export function beginRemoval(
  fleet: FleetContext,
  snapshot: SnapshotRecord,
  by: CallContext | null,
): Promise<Operation> {
  const { record } = present(fleet, snapshot.machineId);
  const removing: SnapshotRecord = { ...snapshot, state: 'removing' };
  return fleet.operations.begin({
    kind: 'snapshot-delete',
    machine: { id: record.id, name: record.name },
    turn: fleet.operations.turn(record.id),
    intent: [snapshotRow(removing)],
    began: () => fleet.snapshots.put(removing),
    work: async (context) => {
      await fleet.provider.snapshots.remove(
        providedMachine(present(fleet, snapshot.machineId)),
        snapshot.tag,
        unstoppable(context),
      );
      return removedEnd(fleet, snapshot, by);
    },
    // It stays as being removed: it may be gone from some disks, so nobody may go back to it. It is tried again.
    failed: (error) => ({
      changes: [],
      happenings: [
        happening(
          record,
          by,
          'snapshot.failed',
          `The snapshot '${snapshot.name}' of '${record.name}' could not be deleted: ${messageOf(error)}`,
          snapshot,
        ),
      ],
    }),
  });
}

/** It is out of the images: so it goes from the tree. */
export function removedEnd(fleet: FleetContext, snapshot: SnapshotRecord, by: CallContext | null): OperationEnd {
  const machine = present(fleet, snapshot.machineId);
  const { moved, present: presentOf } = withoutSnapshot(fleet.snapshots.of(machine.record.id), snapshot);
  const { snapshot: current, ...rest } = machine.record;
  const next = presentOf(current);
  const record: MachineRecord = next === undefined ? rest : { ...rest, snapshot: next };
  const expired = by === null && snapshot.expiresAt !== null ? ' Its time was over.' : '';
  return {
    changes: [snapshotGone(snapshot.id), ...moved.map(snapshotRow), rowOf(record)],
    happenings: [
      happening(
        record,
        by,
        'snapshot.deleted',
        `The snapshot '${snapshot.name}' of '${record.name}' was deleted.${expired}`,
        snapshot,
      ),
    ],
    settle: () => {
      for (const child of moved) fleet.snapshots.put(child);
      fleet.snapshots.remove(snapshot.id);
      fleet.registry.put({ ...machine, record });
    },
  };
}

function happening(
  { id, name }: MachineRecord,
  by: CallContext | null,
  action: 'snapshot.deleted' | 'snapshot.failed',
  summary: string,
  snapshot: SnapshotRecord,
): Happening {
  return {
    action,
    actor: by === null ? 'engine' : 'user',
    summary,
    machine: { id, name },
    details: { ...(by === null ? {} : { user: by.user, face: by.face }), snapshot: snapshot.name },
  };
}
