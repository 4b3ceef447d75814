import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, rowOf } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { present } from '../fleet/start-machine.ts';
import type { OperationEnd } from '../operations/operations.ts';
import type { SnapshotRecord } from '../ports/state-store.ts';
import { keepsSnapshots } from './hardware.ts';
import { saveState, takeBackSave } from './save-state.ts';
import { finished, newSnapshot, refuseUnclear, refuseUnfinished, snapshotGone, snapshotRow } from './snapshot-rows.ts';

/** Takes a snapshot: of a machine that has a process with its memory, of one that rests of its disks. All disks or none. */
export async function takeSnapshot(
  fleet: FleetContext,
  reference: string,
  name: string,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id } = found.record;
  const turn = fleet.operations.turn(id);
  refuseUnclear(found);
  refuseUnfinished(fleet, found);
  refuseTaking(fleet, found, name);
  await refuseWithoutRoom(fleet, found);
  const versions = found.run === null ? null : await fleet.provider.snapshots.versionsOf(providedMachine(found));
  refuseTaking(fleet, found, name);
  let snapshot = newSnapshot(fleet, found, { name, creator: 'user', user: by.user, expiresAt: null, versions });
  let isTakenBack = true;
  const begun: FleetMachine = {
    ...found,
    record: { ...found.record, unfinished: { kind: 'snapshot', snapshot: snapshot.id } },
  };
  return fleet.operations.begin({
    kind: 'snapshot',
    machine: { id, name: found.record.name },
    turn,
    intent: [rowOf(begun.record), snapshotRow(snapshot)],
    began: () => {
      fleet.snapshots.put(snapshot);
      fleet.registry.put(begun);
    },
    work: async (context) => {
      try {
        snapshot = await saveState(fleet, snapshot, context);
      } catch (error) {
        isTakenBack = await takeBackSave(fleet, snapshot, context);
        throw error;
      }
      return takenEnd(fleet, snapshot, by);
    },
    failed: (error, cancelled) => failedEnd(fleet, snapshot, isTakenBack, by, error, cancelled),
  });
}

function takenEnd(fleet: FleetContext, snapshot: SnapshotRecord, by: CallContext): OperationEnd {
  const machine = present(fleet, snapshot.machineId);
  const record = { ...finished(machine.record), snapshot: snapshot.id };
  const what = snapshot.live ? 'with its memory' : 'of its disks';
  return {
    changes: [rowOf(record), snapshotRow(snapshot)],
    happenings: [
      happeningBy(
        by,
        record,
        'snapshot.taken',
        `The snapshot '${snapshot.name}' of '${record.name}' was taken, ${what}.`,
        {
          snapshot: snapshot.name,
          live: snapshot.live,
          consistent: snapshot.consistent,
          sizeBytes: snapshot.sizeBytes,
        },
      ),
    ],
    settle: () => {
      fleet.snapshots.put(snapshot);
      fleet.registry.put({ ...machine, record });
    },
  };
}

/** Nothing has changed; what could not be removed from the images is removed later, and shows until then as being removed. */
function failedEnd(
  fleet: FleetContext,
  snapshot: SnapshotRecord,
  isTakenBack: boolean,
  by: CallContext,
  error: unknown,
  cancelled: boolean,
): OperationEnd {
  const machine = present(fleet, snapshot.machineId);
  const record = finished(machine.record);
  const left: SnapshotRecord = { ...snapshot, state: 'removing' };
  const text = cancelled
    ? `The snapshot '${snapshot.name}' of '${record.name}' was cancelled; nothing was left.`
    : `The snapshot '${snapshot.name}' of '${record.name}' could not be taken: ${messageOf(error)}`;
  return {
    changes: [rowOf(record), isTakenBack ? snapshotGone(snapshot.id) : snapshotRow(left)],
    happenings: [
      happeningBy(by, record, cancelled ? 'operation.cancelled' : 'snapshot.failed', text, {
        snapshot: snapshot.name,
      }),
    ],
    settle: () => {
      if (isTakenBack) fleet.snapshots.remove(snapshot.id);
      else fleet.snapshots.put(left);
      fleet.registry.put({ ...machine, record });
    },
  };
}

function refuseTaking(fleet: FleetContext, { record }: FleetMachine, name: string): void {
  if (record.state === 'suspended') {
    throw new VigilError('refused', `'${record.name}' is suspended: its memory is saved already.`, {
      hint: `Resume it first: vigil resume ${record.name}`,
    });
  }
  if (!keepsSnapshots(record.config)) {
    throw new VigilError('refused', `The disk of '${record.name}' is a raw image, which keeps no snapshots.`, {
      hint: 'Convert it with qemu-img convert -O qcow2 and adopt the copy.',
    });
  }
  if (fleet.snapshots.of(record.id).some((snapshot) => snapshot.name === name)) {
    throw new VigilError('bad-input', `'${record.name}' has a snapshot '${name}' already.`, { field: 'name' });
  }
}

/** Memory goes into the disk image as it is, but for what is all zeros: a full disk would hold up the guest as well. */
export async function refuseWithoutRoom(fleet: FleetContext, { record, run }: FleetMachine): Promise<void> {
  if (run === null) return;
  const free = await fleet.host.diskFreeMib();
  if (free >= record.config.memoryMib) return;
  throw new VigilError(
    'refused',
    `Saving the memory of '${record.name}' takes up to ${record.config.memoryMib} MiB, and ${free} MiB are free.`,
    {
      hint: 'Free some space on the disk that holds the machines, or stop it and take the snapshot of its disks alone.',
    },
  );
}
