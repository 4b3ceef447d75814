import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { MachineRecord, StateChange } from '../ports/state-store.ts';
import { snapshotGone } from '../snapshots/snapshot-rows.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, rowOf } from './fleet-context.ts';
import { purgeDueMs } from './machine-bin.ts';
import type { FleetMachine } from './machine-view.ts';
import { refuseProtected } from './protect-machine.ts';
import { forgetWatch, shelve, toldOfDeletion } from './shelve-machine.ts';
import { present } from './start-machine.ts';
import { endMachine } from './stop-machine.ts';

/**
 * Puts a machine into the bin, from which it can be brought back for some days; its name is free at once. Forced, it is
 * ended and removed with everything it has, whether it is in the bin already or not. One that runs is refused unless
 * forced. Once begun it is finished, at the next start of the engine if need be: half a machine is of no use to anybody.
 */
export async function deleteMachine(
  fleet: FleetContext,
  reference: string,
  force: boolean,
  by: CallContext,
): Promise<Operation> {
  const found = livingOrBinned(fleet, reference);
  if (!('record' in found)) {
    if (force) return removeBinned(fleet, found, by);
    throw new VigilError('conflict', `'${found.name}' has been deleted already.`, {
      hint: `Bring it back with \`vigil undelete ${found.name}\`, or remove it for good with --force.`,
    });
  }
  const { record } = found;
  refuseProtected(record);
  if (record.state === 'unknown') {
    throw new VigilError(
      'refused',
      `'${record.name}' is left alone: ${record.notice?.text ?? 'its process cannot be identified.'}`,
    );
  }
  if (force) return removeAtOnce(fleet, found, by);
  if (found.run !== null) {
    throw new VigilError('refused', `'${record.name}' is running.`, {
      hint: 'Stop it first, or delete it with --force, which cannot be undone.',
    });
  }
  return throwAway(fleet, found, by);
}

/** A living machine comes before a deleted one of the same name. */
function livingOrBinned(fleet: FleetContext, reference: string): FleetMachine | MachineRecord {
  try {
    return fleet.registry.resolve(reference);
  } catch (error) {
    const binned = error instanceof VigilError && error.code === 'not-found' ? fleet.bin.find(reference) : undefined;
    if (binned === undefined) throw error;
    return binned;
  }
}

function throwAway(fleet: FleetContext, { record: before }: FleetMachine, by: CallContext): Promise<Operation> {
  const { id, name } = before;
  const watch = fleet.watches.of(name);
  const binned: MachineRecord = {
    ...before,
    wanted: before.state === 'suspended' ? 'suspended' : 'stopped',
    state: before.state === 'suspended' ? 'suspended' : 'stopped',
    notice: null,
    deletedAt: isoTime(fleet.clock.wallNow()),
    ...(watch === undefined ? {} : { shelvedWatch: watch }),
  };
  return fleet.operations.begin({
    kind: 'delete',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    intent: [rowOf(binned)],
    work: async () => {
      await shelve(fleet, binned);
      const restorableUntil = isoTime(purgeDueMs(binned));
      return {
        result: { restorableUntil },
        changes: [rowOf(binned)],
        happenings: [
          happeningBy(by, before, 'machine.deleted', `'${name}' was deleted; it can be brought back for a while.`, {
            restorableUntil,
            ...toldOfDeletion(watch),
          }),
        ],
        settle: () => {
          fleet.bin.put(binned);
          fleet.registry.remove(id);
        },
      };
    },
    failed: (error) => ({
      changes: [rowOf(present(fleet, id).record)],
      happenings: [
        happeningBy(by, before, 'machine.delete-failed', `'${name}' could not be deleted: ${messageOf(error)}`),
      ],
    }),
  });
}

function removeAtOnce(fleet: FleetContext, { record }: FleetMachine, by: CallContext): Promise<Operation> {
  const { id, name } = record;
  const watch = fleet.watches.of(name);
  const going = (): MachineRecord => ({
    ...present(fleet, id).record,
    ...(watch === undefined ? {} : { shelvedWatch: watch }),
  });
  return fleet.operations.begin({
    kind: 'delete',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    // Its table goes before its row does: whoever finishes this finds here who is to be told.
    intent: () => [rowOf(going())],
    began: () => fleet.registry.put({ ...present(fleet, id), record: going() }),
    work: async (context) => {
      if (present(fleet, id).run !== null) await endMachine(fleet, id, { force: true }, context, 'stopped');
      context.progress(null, 'removing files');
      await removeFiles(fleet, id);
      return {
        changes: removalsOf(fleet, id),
        happenings: [
          happeningBy(by, record, 'machine.deleted', `'${name}' was deleted with its disk.`, toldOfDeletion(watch)),
        ],
        settle: () => {
          fleet.registry.remove(id);
          forgetSnapshots(fleet, id);
        },
      };
    },
    failed: (error) => deleteFailure(fleet, id, by, error),
  });
}

function deleteFailure(fleet: FleetContext, id: string, by: CallContext, error: unknown) {
  const machine = present(fleet, id);
  const { shelvedWatch: _, ...living } = machine.record;
  const now = isoTime(fleet.clock.wallNow());
  const text = `'${machine.record.name}' could not be deleted: ${messageOf(error)}`;
  const record: MachineRecord = {
    ...living,
    state: machine.run?.state ?? 'failed',
    notice: { kind: 'failed', severity: 'critical', text, since: now },
  };
  return {
    changes: [rowOf(record)],
    happenings: [happeningBy(by, record, 'machine.delete-failed', text)],
    settle: () => fleet.registry.put({ ...machine, record }),
  };
}

/** From now on it cannot be brought back: its files may be half gone. */
function removeBinned(fleet: FleetContext, binned: MachineRecord, by: CallContext): Promise<Operation> {
  const { id, name } = binned;
  const going: MachineRecord = { ...binned, purging: true };
  return fleet.operations.begin({
    kind: 'delete',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    intent: [rowOf(going)],
    began: () => fleet.bin.put(going),
    work: async () => {
      await fleet.provider.remove(providedMachine({ record: going, run: null }));
      return {
        changes: removalsOf(fleet, id),
        happenings: [happeningBy(by, going, 'machine.deleted', `'${name}' was removed from the bin with its disk.`)],
        settle: () => {
          fleet.bin.remove(id);
          forgetSnapshots(fleet, id);
        },
      };
    },
    failed: (error) => ({
      changes: [],
      happenings: [
        happeningBy(by, going, 'machine.delete-failed', `'${name}' could not be removed: ${messageOf(error)}`),
      ],
    }),
  });
}

/** Removes what has been in the bin for long enough, and what was cut short. One that cannot be removed stays for the next time. */
export async function purgeBin(fleet: FleetContext): Promise<void> {
  const due = fleet.bin
    .all()
    .filter((record) => record.purging === true || purgeDueMs(record) <= fleet.clock.wallNow());
  for (const record of due) {
    if (fleet.operations.of(record.id) !== undefined) continue;
    const going: MachineRecord = { ...record, purging: true };
    // In memory first: nobody may bring it back from now on.
    fleet.bin.put(going);
    try {
      await fleet.ledger.commit([rowOf(going)]);
      await fleet.provider.remove(providedMachine({ record: going, run: null }));
      await fleet.ledger.commit(removalsOf(fleet, going.id), {
        action: 'machine.purged',
        actor: 'engine',
        machine: { id: going.id, name: going.name },
        summary: `'${going.name}', deleted on ${going.deletedAt?.slice(0, 10)}, was removed for good.`,
      });
      fleet.bin.remove(going.id);
      forgetSnapshots(fleet, going.id);
    } catch (error) {
      fleet.log.write('error', 'fleet', 'a deleted machine could not be removed for good', {
        machine: going.id,
        error,
      });
    }
  }
}

async function removeFiles(fleet: FleetContext, id: string): Promise<void> {
  const machine = present(fleet, id);
  await fleet.provider.remove(providedMachine({ ...machine, record: { ...machine.record, runtime: null } }));
  await fleet.definitions.remove(machine.record.name);
  await forgetWatch(fleet, machine.record);
}

/** The row of a machine and those of its snapshots. */
export function removalsOf(fleet: FleetContext, id: string): readonly StateChange[] {
  return [removalOf(id), ...fleet.snapshots.of(id).map((snapshot) => snapshotGone(snapshot.id))];
}

export function forgetSnapshots(fleet: FleetContext, id: string): void {
  for (const snapshot of fleet.snapshots.of(id)) fleet.snapshots.remove(snapshot.id);
}

export function removalOf(id: string): StateChange {
  return { kind: 'machine-removed', id };
}
