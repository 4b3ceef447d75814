import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { MachineRecord, StateChange } from '../ports/state-store.ts';
import { type FleetContext, messageOf, providedMachine, rowOf, userHappening } from './fleet-context.ts';
import { refuseProtected } from './protect-machine.ts';
import { present } from './start-machine.ts';
import { endMachine } from './stop-machine.ts';

/**
 * Removes a machine with its disk, definition and logs. One that runs is refused unless forced; forced, it is ended first.
 * Once begun it is finished, at the next start of the engine if need be: half a machine is of no use to anybody.
 */
export async function deleteMachine(
  fleet: FleetContext,
  reference: string,
  force: boolean,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  refuseProtected(found.record);
  if (found.record.state === 'unknown') {
    throw new VigilError(
      'refused',
      `'${name}' is left alone: ${found.record.notice?.text ?? 'its process cannot be identified.'}`,
    );
  }
  if (found.run !== null && !force) {
    throw new VigilError('refused', `'${name}' is running.`, { hint: 'Stop it first, or delete it with --force.' });
  }
  return fleet.operations.begin({
    kind: 'delete',
    machine: { id, name },
    work: async (context) => {
      if (present(fleet, id).run !== null) await endMachine(fleet, id, { force: true }, context, 'stopped');
      context.progress(null, 'removing files');
      await removeFiles(fleet, id);
      return {
        changes: [removalOf(id)],
        happenings: [userHappening(by, found.record, 'machine.deleted', `'${name}' was deleted with its disk.`)],
        settle: () => fleet.registry.remove(id),
      };
    },
    failed: (error) => {
      const machine = present(fleet, id);
      const now = isoTime(fleet.clock.wallNow());
      const text = `'${name}' could not be deleted: ${messageOf(error)}`;
      const record: MachineRecord = {
        ...machine.record,
        state: machine.run?.state ?? 'failed',
        notice: { kind: 'failed', severity: 'critical', text, since: now },
      };
      return {
        changes: [rowOf(record)],
        happenings: [userHappening(by, record, 'machine.delete-failed', text)],
        settle: () => fleet.registry.put({ ...machine, record }),
      };
    },
  });
}

export async function removeFiles(fleet: FleetContext, id: string): Promise<void> {
  const machine = present(fleet, id);
  await fleet.provider.remove(providedMachine({ ...machine, record: { ...machine.record, runtime: null } }));
  await fleet.definitions.remove(machine.record.name);
}

export function removalOf(id: string): StateChange {
  return { kind: 'machine-removed', id };
}
