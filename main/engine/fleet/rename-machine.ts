import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { writtenConfig } from './edit-machine.ts';
import { nameFault } from './examine-draft.ts';
import { type FleetContext, happeningBy, messageOf, refuseFaults, rowOf } from './fleet-context.ts';
import { present } from './start-machine.ts';

/**
 * Gives a machine another name; its id stays, and it may run meanwhile. The new name is durable before the first file is
 * moved: cut short, the next start of the engine moves the rest.
 */
export async function renameMachine(
  fleet: FleetContext,
  reference: string,
  to: string,
  by: CallContext,
): Promise<Operation> {
  const { id, name: from } = fleet.registry.resolve(reference).record;
  const turn = fleet.operations.turn(id);
  if (from === to) return fleet.operations.already({ kind: 'rename', machine: { id, name: from } }, {});
  const release = await takeName(fleet, id, to);
  try {
    return await fleet.operations.begin({
      kind: 'rename',
      machine: { id, name: from },
      turn,
      intent: [rowOf({ ...present(fleet, id).record, name: to, renamedFrom: from })],
      work: async () => {
        await moveName(fleet, id, from, to);
        const { record } = present(fleet, id);
        return {
          changes: [rowOf(record)],
          happenings: [
            happeningBy(by, { id, name: from }, 'machine.renamed', `'${from}' is called '${to}' now.`, { from, to }),
          ],
          settle: release,
        };
      },
      failed: (error) => {
        const { record } = present(fleet, id);
        const text = `'${from}' could not be renamed: ${messageOf(error)}`;
        return {
          changes: [rowOf(record)],
          happenings: [happeningBy(by, record, 'machine.verb-failed', text, { verb: 'rename' })],
          settle: release,
        };
      },
    });
  } catch (error) {
    release();
    throw error;
  }
}

/** Refuses what stands in the way of a name, then keeps it from others; the result lets go of it. */
async function takeName(fleet: FleetContext, id: string, to: string): Promise<() => void> {
  const taken = nameFault(fleet.registry, to);
  refuseFaults(taken === null ? [] : [taken]);
  const release = fleet.registry.holdName(to);
  try {
    const from = present(fleet, id).record.name;
    // A definition that nobody can read cannot be moved without losing it.
    await writtenConfig(fleet, id);
    if ((await fleet.definitions.read(to)) !== null) {
      throw new VigilError('conflict', `machines/${to}.yaml is there already, of no machine that Vigil knows.`, {
        field: 'name',
        hint: 'Move that file away first, or choose another name.',
      });
    }
    if (fleet.watches.of(from) !== undefined && fleet.watches.of(to) !== undefined) {
      throw new VigilError('conflict', `lifecycle-config.toml has a table [vms.${to}] already.`, {
        field: 'name',
        hint: 'Remove that table first, or choose another name.',
      });
    }
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

/** Moves everything that stands under the old name; when that fails, back again. */
async function moveName(fleet: FleetContext, id: string, from: string, to: string): Promise<void> {
  const put = (name: string) => () => {
    const machine = present(fleet, id);
    fleet.registry.put({ ...machine, record: { ...machine.record, name } });
  };
  await fleet.watches.rename(from, to, put(to));
  try {
    await fleet.definitions.rename(id, from, to);
  } catch (error) {
    await fleet.watches.rename(to, from, put(from));
    throw error;
  }
}

/** Finishes what was cut short, at the start of the engine; every step is right also when it was done before. */
export async function finishRename(fleet: FleetContext, record: MachineRecord): Promise<MachineRecord> {
  const { renamedFrom: from, ...renamed } = record;
  if (from === undefined) return record;
  try {
    await fleet.definitions.rename(record.id, from, record.name);
    if (fleet.watches.of(record.name) === undefined) await fleet.watches.rename(from, record.name, () => {});
  } catch (error) {
    fleet.log.write('error', 'fleet', 'a renaming that was cut short could not be finished', {
      machine: record.id,
      error,
    });
  }
  return renamed;
}
