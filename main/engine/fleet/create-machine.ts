import type { CallContext } from '../../contract/calls.ts';
import type { MachineConfig, MachineDraft } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { OperationEnd } from '../operations/operations.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { examineConfig, nameFault } from './examine-draft.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, refuseFaults, rowOf } from './fleet-context.ts';
import { runMachine, startFailure } from './start-machine.ts';

/**
 * Makes a machine, and starts it if the draft says so. The row stands as `creating` before the first file is written; a
 * failure, a cancel or the next start of the engine takes all of it back. A machine that was made but did not start stays.
 */
export async function createMachine(fleet: FleetContext, draft: MachineDraft, by: CallContext): Promise<Operation> {
  const { name, start, ...wanted } = draft;
  const taken = nameFault(fleet.registry, name);
  refuseFaults([...(taken === null ? [] : [taken]), ...(await examineConfig(fleet, wanted, null))]);
  const config = await adopted(fleet, wanted);
  // Asked again without a wait in between: two calls with one name may both have come this far.
  const stillTaken = nameFault(fleet.registry, name);
  refuseFaults(stillTaken === null ? [] : [stillTaken]);

  const record: MachineRecord = {
    id: fleet.identifiers.uuid(),
    name,
    provider: fleet.provider.kind,
    config,
    wanted: 'stopped',
    state: 'creating',
    generation: 0,
    runtime: null,
    notice: null,
    createdAt: isoTime(fleet.clock.wallNow()),
    startedAt: null,
    stoppedAt: null,
  };
  fleet.registry.put({ record, run: null });
  let made = false;

  const takeBack = async (): Promise<void> => {
    try {
      await fleet.definitions.remove(name);
      await fleet.provider.remove(providedMachine({ record, run: null }));
    } catch (error) {
      fleet.log.write('error', 'fleet', 'what a failed create left could not be removed', {
        machine: record.id,
        error,
      });
    }
  };
  try {
    return await fleet.operations.begin({
      kind: 'create',
      machine: { id: record.id, name },
      turn: fleet.operations.turn(record.id),
      intent: [rowOf(record)],
      work: async (context) => {
        const machine = providedMachine({ record, run: null });
        try {
          await fleet.provider.create(machine, context);
          await fleet.definitions.write({ id: record.id, name, config });
        } catch (error) {
          await takeBack();
          throw error;
        }
        made = true;
        const stopped: MachineRecord = { ...record, state: 'stopped' };
        const created = happeningBy(by, record, 'machine.created', `'${name}' was created.`, {
          cpus: config.cpus,
          memoryMib: config.memoryMib,
          diskMib: config.diskMib,
        });
        if (!start) {
          return {
            changes: [rowOf(stopped)],
            happenings: [created],
            settle: () => fleet.registry.put({ record: stopped, run: null }),
          };
        }
        await fleet.ledger.commit([rowOf(stopped)], created);
        fleet.registry.put({ record: stopped, run: null });
        return runMachine(fleet, record.id, by, context, 'machine.started');
      },
      failed: (error, cancelled): OperationEnd => {
        if (made) return startFailure(fleet, record.id, by, error, cancelled);
        return {
          changes: [{ kind: 'machine-removed', id: record.id }],
          happenings: [
            happeningBy(
              by,
              record,
              cancelled ? 'operation.cancelled' : 'machine.create-failed',
              cancelled
                ? `Creating '${name}' was cancelled; nothing was left.`
                : `'${name}' could not be created: ${messageOf(error)}`,
            ),
          ],
          settle: () => fleet.registry.remove(record.id),
        };
      },
    });
  } catch (error) {
    fleet.registry.remove(record.id);
    throw error;
  }
}

/** What an adopted image is, is found out once and written down: a guest may write into it whatever it likes. */
async function adopted(fleet: FleetContext, config: MachineConfig): Promise<MachineConfig> {
  if (config.diskPath === undefined) return config;
  const { format, sizeMib } = await fleet.provider.disks.identify(config.diskPath, config.diskFormat);
  return { ...config, diskFormat: format, diskMib: sizeMib };
}
