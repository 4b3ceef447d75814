import type { CallContext } from '../../contract/calls.ts';
import type { MachineConfig } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import { examineConfig, nameFault } from '../fleet/examine-draft.ts';
import {
  type FleetContext,
  happeningBy,
  messageOf,
  providedMachine,
  refuseFaults,
  rowOf,
} from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { OperationEnd } from '../operations/operations.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { refuseRunning, refuseUntouchable } from './disk-verb.ts';
import { type MovedPort, movedForwards } from './moved-forwards.ts';

export interface CloneWish {
  readonly machine: string;
  readonly name: string;
  readonly linked: boolean;
}

/**
 * Makes a machine like another one, with an id, an address and forwarded ports of its own and without its snapshots. The
 * row stands as `creating` before the first file is written; a failure, a cancel or the next start of the engine takes all
 * of it back. The source is held meanwhile.
 */
export async function cloneMachine(fleet: FleetContext, wish: CloneWish, by: CallContext): Promise<Operation> {
  const { linked, name } = wish;
  const found = fleet.registry.resolve(wish.machine);
  const source = found.record;
  const turn = fleet.operations.turn(source.id);
  refuseUntouchable(fleet, found);
  refuseRunning(found, 'its disks are in use');
  const { config, moved } = await cloneConfig(fleet, source.config);
  const faults = await examineConfig(fleet, config, null);
  const taken = nameFault(fleet.registry, name);
  refuseFaults([...(taken === null ? [] : [taken]), ...faults]);

  const record: MachineRecord = {
    id: fleet.identifiers.uuid(),
    name,
    provider: source.provider,
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
  const clone = providedMachine({ record, run: null });
  fleet.registry.put({ record, run: null });
  const kind = linked ? 'a linked clone' : 'a clone';
  try {
    return await fleet.operations.begin({
      kind: 'clone',
      machine: { id: source.id, name: source.name },
      turn,
      holds: [{ id: record.id, name }],
      intent: [rowOf(record)],
      work: async (context): Promise<OperationEnd> => {
        try {
          await fleet.provider.disks.clone(providedMachine(present(fleet, source.id)), clone, linked, context);
          await fleet.definitions.write({ id: record.id, name, config });
        } catch (error) {
          await takeBack(fleet, record);
          throw error;
        }
        const stopped: MachineRecord = { ...record, state: 'stopped' };
        return {
          result: { made: name, ...(moved.length === 0 ? {} : { note: portWords(moved) }) },
          changes: [rowOf(stopped)],
          happenings: [
            happeningBy(by, source, 'machine.cloned', `'${source.name}' was cloned to '${name}'.`, {
              clone: name,
              linked,
            }),
            happeningBy(by, record, 'machine.created', `'${name}' was made as ${kind} of '${source.name}'.`, {
              source: source.name,
              linked,
            }),
          ],
          settle: () => fleet.registry.put({ record: stopped, run: null }),
        };
      },
      failed: (error, cancelled) => ({
        changes: [{ kind: 'machine-removed', id: record.id }],
        happenings: [
          happeningBy(
            by,
            source,
            cancelled ? 'operation.cancelled' : 'machine.verb-failed',
            cancelled
              ? `Cloning '${source.name}' to '${name}' was cancelled; nothing was left.`
              : `'${source.name}' could not be cloned to '${name}': ${messageOf(error)}`,
            { verb: 'clone' },
          ),
        ],
        settle: () => fleet.registry.remove(record.id),
      }),
    });
  } catch (error) {
    fleet.registry.remove(record.id);
    throw error;
  }
}

/** What the clone is made of: never the source's address, ports or adopted file. */
async function cloneConfig(
  fleet: FleetContext,
  source: MachineConfig,
): Promise<{ readonly config: MachineConfig; readonly moved: readonly MovedPort[] }> {
  const { mac: _mac, diskPath: _path, diskFormat: _format, ...kept } = source;
  const { forwards, moved } = await movedForwards(fleet, kept);
  return { config: { ...kept, forwards: [...forwards] }, moved };
}

async function takeBack(fleet: FleetContext, record: MachineRecord): Promise<void> {
  try {
    await fleet.definitions.remove(record.name);
    await fleet.provider.remove(providedMachine({ record, run: null }));
  } catch (error) {
    fleet.log.write('error', 'fleet', 'what a failed clone left could not be removed', { machine: record.id, error });
  }
}

function portWords(moved: readonly MovedPort[]): string {
  const words = moved.map(({ from, guest, to }) =>
    to === null ? `port ${from} -> ${guest} was left out` : `port ${from} -> ${guest} is ${to} -> ${guest} there`,
  );
  return `${words.join('; ')}.`;
}
