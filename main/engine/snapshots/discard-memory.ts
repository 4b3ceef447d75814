import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, rowOf } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { awake, commitMachine, finished, unstoppable } from './snapshot-rows.ts';

/** Unsaved work may be in that memory: only force gives it up. */
export function refuseToForget({ record }: FleetMachine, verb: 'stop' | 'restart'): void {
  throw new VigilError('refused', `'${record.name}' is suspended: to ${verb} it would lose the memory it has.`, {
    hint: `Go on with \`vigil resume ${record.name}\`, or give its memory up with \`vigil ${verb} ${record.name} --force\`.`,
  });
}

/** Stops a suspended machine: its memory is given up, its disks stay as they are. */
export function stopSuspended(fleet: FleetContext, { record }: FleetMachine, by: CallContext): Promise<Operation> {
  const { id, name } = record;
  return fleet.operations.begin({
    kind: 'stop',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    work: async (context) => {
      const stopped = await forgetMemory(fleet, id, context);
      const summary = `'${name}' was stopped; the memory it was suspended with was given up.`;
      return {
        result: { rung: 'ended' },
        changes: [rowOf(stopped)],
        happenings: [happeningBy(by, record, 'machine.stopped', summary, { rung: 'ended', memory: 'given up' })],
        settle: () => fleet.registry.put({ record: stopped, run: null }),
      };
    },
    failed: (error) => {
      const machine = present(fleet, id);
      const asleep = finished(machine.record);
      return {
        changes: [rowOf(asleep)],
        settle: () => fleet.registry.put({ ...machine, record: asleep }),
        happenings: [
          happeningBy(
            by,
            record,
            'machine.stop-failed',
            `'${name}' could not be stopped and is suspended as before: ${messageOf(error)}`,
          ),
        ],
      };
    },
  });
}

/** The row of the machine without its memory, not yet written. */
export async function forgetMemory(fleet: FleetContext, id: string, context: WorkContext): Promise<MachineRecord> {
  const machine = present(fleet, id);
  const { saved } = machine.record;
  if (saved !== undefined) {
    // Cut short, what the disks hold then tells whether it is suspended still.
    await commitMachine(fleet, { ...machine, record: { ...machine.record, unfinished: { kind: 'resume' } } });
    await fleet.provider.snapshots.remove(providedMachine(machine), saved.tag, unstoppable(context));
  }
  return {
    ...awake(finished(machine.record)),
    wanted: 'stopped',
    state: 'stopped',
    notice: null,
    stoppedAt: isoTime(fleet.clock.wallNow()),
  };
}
