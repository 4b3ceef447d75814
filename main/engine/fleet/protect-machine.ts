import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Machine } from '../../contract/machine.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { type FleetContext, happeningBy, rowOf } from './fleet-context.ts';
import { present } from './start-machine.ts';

/** Keeps a machine from being deleted, by whatever force; or lets it be deleted again. */
export async function protectMachine(
  fleet: FleetContext,
  reference: string,
  protect: boolean,
  by: CallContext,
): Promise<Machine> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  if ((found.record.protected === true) === protect) return fleet.registry.view(found);
  const under = fleet.operations.of(id);
  if (under !== undefined) {
    throw new VigilError('conflict', `'${name}' is busy: ${under.kind} is under way.`, { hint: 'Wait for it.' });
  }
  // In memory first: a verb that begins while this is written must know it.
  put(fleet, id, protect);
  const done = protect ? 'protected: it cannot be deleted' : 'no longer protected';
  try {
    await fleet.ledger.commit(
      [rowOf(present(fleet, id).record)],
      happeningBy(by, found.record, protect ? 'machine.protected' : 'machine.unprotected', `'${name}' is ${done}.`),
    );
  } catch (error) {
    put(fleet, id, !protect);
    throw error;
  }
  return fleet.registry.view(present(fleet, id));
}

function put(fleet: FleetContext, id: string, protect: boolean): void {
  const machine = present(fleet, id);
  const { protected: _before, ...rest } = machine.record;
  const record: MachineRecord = protect ? { ...rest, protected: true } : rest;
  fleet.registry.put({ ...machine, record });
}

/** Throws `refused` for a machine that is protected. */
export function refuseProtected({ name, protected: kept }: MachineRecord): void {
  if (kept !== true) return;
  throw new VigilError('refused', `'${name}' is protected.`, {
    hint: `If it shall go all the same: vigil unprotect ${name}`,
  });
}
