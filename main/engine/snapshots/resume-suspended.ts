import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation, OperationKind } from '../../contract/operation.ts';
import { examineConfig } from '../fleet/examine-draft.ts';
import {
  type FleetContext,
  happeningBy,
  messageOf,
  providedMachine,
  refuseFaults,
  rowOf,
} from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { MachineRun, WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord, SavedMemory } from '../ports/state-store.ts';
import { setGuestClock } from './save-state.ts';
import { awake, commitMachine, finished, unstoppable } from './snapshot-rows.ts';
import { loadObstacle } from './versions-fit.ts';

/** Brings a suspended machine back with the memory it had, told as the verb that asked for it. */
export async function resumeSuspended(
  fleet: FleetContext,
  machine: FleetMachine,
  kind: Extract<OperationKind, 'start' | 'resume'>,
  by: CallContext,
): Promise<Operation> {
  const { id, name } = machine.record;
  const turn = fleet.operations.turn(id);
  await refuseUnlessItLoads(fleet, machine.record);
  return fleet.operations.begin({
    kind,
    machine: { id, name },
    turn,
    work: async (context) => {
      const { record, run } = await wake(fleet, id, context);
      const woken = finished(record);
      return {
        result: run === null ? {} : { pid: run.pid },
        changes: [rowOf(woken)],
        happenings: [
          happeningBy(by, woken, 'machine.resumed', `'${name}' was resumed with the memory it had.`, {
            ...(run === null ? {} : { pid: run.pid, accelerator: run.accelerator }),
          }),
        ],
        settle: () => fleet.registry.put({ record: woken, run }),
      };
    },
    failed: (error, cancelled) => {
      const asleep = present(fleet, id);
      const text = cancelled
        ? `Resuming '${name}' was cancelled; it is suspended as before.`
        : `'${name}' could not be resumed and is suspended as before: ${messageOf(error)}`;
      const record: MachineRecord = {
        ...asleep.record,
        notice: cancelled
          ? null
          : { kind: 'failed', severity: 'critical', text, since: isoTime(fleet.clock.wallNow()) },
      };
      return {
        changes: [rowOf(record)],
        happenings: [
          happeningBy(by, record, cancelled ? 'operation.cancelled' : 'machine.verb-failed', text, { verb: kind }),
        ],
        settle: () => fleet.registry.put({ ...asleep, record }),
      };
    },
  });
}

/**
 * The work of it. The memory is in the images until the guest has it and only then taken out of them, so that it is never
 * in no place and never in two from which it could go on. Comes back with a machine that runs, its row still saying that
 * this is under way; after a failure it is suspended again.
 */
export async function wake(fleet: FleetContext, id: string, context: WorkContext): Promise<FleetMachine> {
  const { record } = present(fleet, id);
  const { saved } = record;
  if (saved === undefined) throw new VigilError('internal', `No memory of '${record.name}' is saved.`);
  refuseFaults(await examineConfig(fleet, record.config, id));
  let starting: MachineRecord = {
    ...record,
    wanted: 'running',
    state: 'starting',
    generation: record.generation + 1,
    runtime: null,
    notice: null,
    unfinished: { kind: 'resume' },
  };
  await commitMachine(fleet, { record: starting, run: null });
  let run: MachineRun | null = null;
  try {
    run = await fleet.provider.start(providedMachine({ record: starting, run: null }), {
      signal: context.signal,
      progress: context.progress,
      heldFor: saved.versions,
      spawned: async (runtime) => {
        starting = { ...starting, runtime };
        await commitMachine(fleet, { record: starting, run: null });
      },
    });
    starting = { ...starting, runtime: run.runtime, startedAt: run.startedAt };
    await fleet.provider.snapshots.load(providedMachine({ record: starting, run }), saved.tag, unstoppable(context));
  } catch (error) {
    await backToSleep(fleet, { record: starting, run }, unstoppable(context));
    throw error;
  }
  return letGuestGoOn(fleet, { record: starting, run }, saved, context);
}

/** The guest has its memory and stands still. From here on there is no way back, and none is needed. */
export async function letGuestGoOn(
  fleet: FleetContext,
  { record, run }: FleetMachine,
  saved: SavedMemory | undefined,
  context: WorkContext,
): Promise<FleetMachine> {
  const last = unstoppable(context);
  if (saved !== undefined) {
    try {
      await fleet.provider.snapshots.remove(providedMachine({ record, run }), saved.tag, last);
    } catch (error) {
      // Only room that is wasted: the row no longer speaks of it.
      fleet.log.write('warn', 'snapshots', 'saved memory could not be removed', { machine: record.id, error });
    }
  }
  await commitMachine(fleet, { record: { ...awake(record), state: 'paused' }, run });
  await fleet.provider.resume(providedMachine({ record, run }), last);
  setGuestClock(fleet, record.id);
  return {
    record: { ...awake(record), wanted: 'running', state: 'running' },
    run: run === null ? null : { ...run, state: 'running' },
  };
}

async function backToSleep(fleet: FleetContext, machine: FleetMachine, context: WorkContext): Promise<void> {
  const { record, run } = machine;
  if (run !== null) await fleet.provider.stop(providedMachine(machine), { force: true, acpiMs: 0 }, context);
  const asleep: MachineRecord = { ...finished(record), wanted: 'suspended', state: 'suspended', runtime: null };
  await commitMachine(fleet, { record: asleep, run: null });
}

async function refuseUnlessItLoads(fleet: FleetContext, { name, saved }: MachineRecord): Promise<void> {
  if (saved === undefined) return;
  const wayOut = `give its memory up and keep its disks: vigil stop ${name} --force`;
  const obstacle = loadObstacle(saved.versions, await fleet.provider.snapshots.loadable(), wayOut);
  if (obstacle === null) return;
  throw new VigilError('refused', `'${name}' cannot be resumed here. ${obstacle.reason}`, { hint: obstacle.hint });
}
