import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { type FleetContext, happeningBy, messageOf, rowOf } from './fleet-context.ts';
import { shelve, unshelve } from './shelve-machine.ts';

/** Brings a deleted machine back with everything it had: id, disk, definition, and how it was watched. */
export async function undeleteMachine(fleet: FleetContext, reference: string, by: CallContext): Promise<Operation> {
  const binned = fleet.bin.find(reference);
  if (binned === undefined) {
    throw new VigilError('not-found', `There is no deleted machine '${reference}'.`, {
      field: 'machine',
      hint: 'See `vigil list --deleted`.',
    });
  }
  const { id, name } = binned;
  refusePurging(binned);
  if (fleet.registry.isNameTaken(name)) {
    throw new VigilError('conflict', `There is another machine '${name}' now.`, {
      hint: `Rename that one first: vigil rename ${name} NEW`,
    });
  }
  const { deletedAt: _gone, ...back } = binned;
  const release = fleet.registry.holdName(name);
  try {
    return await fleet.operations.begin({
      kind: 'undelete',
      machine: { id, name },
      turn: fleet.operations.turn(id),
      intent: [rowOf(back)],
      work: async () => {
        const now = fleet.bin.find(id);
        if (now !== undefined) refusePurging(now);
        try {
          await unshelve(fleet, back);
        } catch (error) {
          await shelve(fleet, back);
          throw error;
        }
        const restored = restoredRecord(back);
        return {
          changes: [rowOf(restored)],
          happenings: [happeningBy(by, restored, 'machine.undeleted', `'${name}' was brought back.`)],
          settle: () => {
            release();
            fleet.bin.remove(id);
            fleet.registry.put({ record: restored, run: null });
          },
        };
      },
      failed: (error) => {
        const text = `'${name}' could not be brought back: ${messageOf(error)}`;
        return {
          changes: [rowOf(fleet.bin.find(id) ?? binned)],
          happenings: [happeningBy(by, binned, 'machine.verb-failed', text, { verb: 'undelete' })],
          settle: release,
        };
      },
    });
  } catch (error) {
    release();
    throw error;
  }
}

function refusePurging({ name, purging }: MachineRecord): void {
  if (purging !== true) return;
  throw new VigilError('refused', `'${name}' cannot be brought back: its files are being removed.`);
}

/** Finishes what was cut short, at the start of the engine: a definition that is still put aside goes back to its place. */
export async function finishUndelete(fleet: FleetContext, record: MachineRecord): Promise<MachineRecord> {
  try {
    await unshelve(fleet, record);
    return restoredRecord(record);
  } catch (error) {
    fleet.log.write('error', 'fleet', 'what was put aside of a machine could not be put back', {
      machine: record.id,
      error,
    });
    return record;
  }
}

/** A machine of the fleet again: nothing of it is put aside any more. */
export function restoredRecord(record: MachineRecord): MachineRecord {
  const { deletedAt: _deletedAt, shelvedWatch: _watch, ...restored } = record;
  return restored;
}
