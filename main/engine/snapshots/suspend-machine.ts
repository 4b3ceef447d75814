import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, rowOf } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { isUp, present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord, SavedMemory } from '../ports/state-store.ts';
import { keepsSnapshots } from './hardware.ts';
import { commitMachine, finished, refuseUnclear, refuseUnfinished, unstoppable } from './snapshot-rows.ts';
import { refuseWithoutRoom } from './take-snapshot.ts';

/**
 * Suspends to disk: the memory goes into the images, the process ends. The guest is held before its memory is written and
 * never goes on in this process, so that disks and memory stay one moment. Taken back, it goes on as it was.
 */
export async function suspendMachine(fleet: FleetContext, reference: string, by: CallContext): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  const turn = fleet.operations.turn(id);
  refuseUnclear(found);
  refuseUnfinished(fleet, found);
  if (found.record.state === 'suspended' && fleet.operations.of(id) === undefined) {
    return fleet.operations.already({ kind: 'suspend', machine: { id, name } }, {});
  }
  refuseSuspending(found);
  await refuseWithoutRoom(fleet, found);
  const versions = await fleet.provider.snapshots.versionsOf(providedMachine(found));
  const wasRunning = found.record.state === 'running';
  const { wanted } = found.record;
  return fleet.operations.begin({
    kind: 'suspend',
    machine: { id, name },
    turn,
    work: async (context) => {
      const at = isoTime(fleet.clock.wallNow());
      const saved: SavedMemory = { tag: `vigil-${fleet.identifiers.uuid()}`, at, versions };
      const before = present(fleet, id);
      const begun: MachineRecord = {
        ...before.record,
        wanted: 'suspended',
        state: 'stopping',
        unfinished: { kind: 'suspend', saved, wasRunning },
      };
      const machine = await commitMachine(fleet, { ...before, record: begun });
      try {
        await fleet.provider.pause(providedMachine(machine), context);
        await fleet.provider.snapshots.save(providedMachine(machine), saved.tag, context);
        context.progress(0.95, 'Ending the process');
      } catch (error) {
        await takeBackSuspend(fleet, id, unstoppable(context));
        throw error;
      }
      // The memory is in the images. From here on it is suspended, whatever becomes of the process.
      await fleet.provider.stop(providedMachine(machine), { force: true, acpiMs: 0 }, unstoppable(context));
      return suspendedEnd(fleet, id, saved, by);
    },
    failed: (error, cancelled) => {
      const machine = present(fleet, id);
      const isBack = machine.record.unfinished === undefined;
      const text = cancelled
        ? `Suspending '${name}' was cancelled; it goes on as before.`
        : `'${name}' could not be suspended: ${messageOf(error)}`;
      const record: MachineRecord = isBack ? { ...machine.record, wanted } : machine.record;
      return {
        changes: [rowOf(record)],
        happenings: [
          happeningBy(by, record, cancelled ? 'operation.cancelled' : 'machine.verb-failed', text, {
            verb: 'suspend',
          }),
        ],
        settle: () => fleet.registry.put({ ...machine, record }),
      };
    },
  });
}

function suspendedEnd(fleet: FleetContext, id: string, saved: SavedMemory, by: CallContext) {
  const suspended = asleep(present(fleet, id).record, saved, isoTime(fleet.clock.wallNow()));
  return {
    changes: [rowOf(suspended)],
    happenings: [
      happeningBy(by, suspended, 'machine.suspended', `'${suspended.name}' was suspended to disk.`, {
        qemu: saved.versions.qemu,
        machineType: saved.versions.machineType,
      }),
    ],
    settle: () => fleet.registry.put({ record: suspended, run: null }),
  };
}

/** The row of a machine whose memory is on the disk. */
export function asleep(record: MachineRecord, saved: SavedMemory, at: string): MachineRecord {
  return {
    ...finished(record),
    wanted: 'suspended',
    state: 'suspended',
    runtime: null,
    saved,
    stoppedAt: at,
    notice: null,
  };
}

/**
 * The process is there and its guest held: what was saved is removed, and the guest goes on if it ran. When that fails too
 * the row keeps saying what is under way, and it is tried again.
 */
export async function takeBackSuspend(fleet: FleetContext, id: string, context: WorkContext): Promise<void> {
  const machine = present(fleet, id);
  const { unfinished } = machine.record;
  if (unfinished?.kind !== 'suspend') return;
  try {
    await fleet.provider.snapshots.remove(providedMachine(machine), unfinished.saved.tag, context);
    if (unfinished.wasRunning) await fleet.provider.resume(providedMachine(machine), context);
  } catch (error) {
    fleet.log.write('warn', 'snapshots', 'a suspension could not be taken back', { machine: id, error });
    return;
  }
  const state = unfinished.wasRunning ? 'running' : 'paused';
  await commitMachine(fleet, {
    record: { ...finished(machine.record), wanted: state, state },
    run: machine.run === null ? null : { ...machine.run, state },
  });
}

function refuseSuspending(found: FleetMachine): void {
  const { record } = found;
  if (!isUp(found)) {
    throw new VigilError('refused', `'${record.name}' is ${record.state} and cannot be suspended.`, {
      hint: 'Only a machine that runs or is paused has memory to save.',
    });
  }
  if (!keepsSnapshots(record.config)) {
    throw new VigilError('refused', `The disk of '${record.name}' is a raw image, which has no place for memory.`, {
      hint: 'Pause it instead, or convert the disk with qemu-img convert -O qcow2.',
    });
  }
}
