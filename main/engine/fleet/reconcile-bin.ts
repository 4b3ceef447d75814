import type { Operation } from '../../contract/operation.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { purgeBin } from './delete-machine.ts';
import type { FleetContext } from './fleet-context.ts';
import { closeInterrupted } from './interrupted-operation.ts';
import { shelve, toldOfDeletion } from './shelve-machine.ts';

/** Deleted machines of an earlier life: what was cut short is finished, so that their names are free. */
export async function reconcileBin(
  fleet: FleetContext,
  binned: readonly MachineRecord[],
  interrupted: readonly Operation[],
): Promise<void> {
  for (const record of binned) fleet.bin.put(record);
  if (binned.some(({ purging }) => purging === true)) await purgeBin(fleet);
  for (const cut of interrupted) {
    const record = binned.find(({ id }) => id === cut.machineId);
    if (record === undefined) continue;
    if (await isFinished(fleet, record)) {
      fleet.ledger.record([closeInterrupted(fleet, cut, 'done')], {
        action: 'machine.deleted',
        actor: 'engine',
        machine: { id: record.id, name: record.name },
        summary: `The deletion of '${record.name}', cut short when Vigil ended, was finished.`,
        // One that goes for good had its deletion told when it went into the bin.
        details: record.purging === true ? {} : toldOfDeletion(record.shelvedWatch),
      });
    } else {
      fleet.ledger.record([closeInterrupted(fleet, cut, null)]);
    }
  }
}

async function isFinished(fleet: FleetContext, record: MachineRecord): Promise<boolean> {
  if (record.purging === true) return fleet.bin.find(record.id) === undefined;
  try {
    await shelve(fleet, record);
    return true;
  } catch (error) {
    fleet.log.write('error', 'fleet', 'a deletion that was cut short could not be finished', {
      machine: record.id,
      error,
    });
    return false;
  }
}
