import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { WantedState } from '../../contract/machine.ts';
import type { Operation, OperationKind } from '../../contract/operation.ts';
import { resumeSuspended } from '../snapshots/resume-suspended.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, rowOf } from './fleet-context.ts';
import type { FleetMachine } from './machine-view.ts';
import { present, startMachine } from './start-machine.ts';

/** Holds a running machine where it stands; its memory stays, its clock does not move. One that is held is left alone. */
export async function pauseMachine(fleet: FleetContext, reference: string, by: CallContext): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name, state, wanted } = found.record;
  if (state === 'paused' && fleet.operations.of(id) === undefined) {
    if (wanted !== 'paused') await want(fleet, found, 'paused');
    return fleet.operations.already({ kind: 'pause', machine: { id, name } }, {});
  }
  if (state !== 'running') refuseState(found, 'paused', 'Only a machine that runs can be paused.');
  return fleet.operations.begin({
    kind: 'pause',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    work: async (context) => {
      const machine = await want(fleet, present(fleet, id), 'paused');
      await fleet.provider.pause(providedMachine(machine), context);
      return heldEnd(fleet, id, by, 'paused');
    },
    failed: (error, cancelled) => heldFailure(fleet, id, by, 'pause', wanted, error, cancelled),
  });
}

/**
 * Lets a paused machine go on. A suspended one is started, which brings its memory back; one that runs is left alone.
 */
export async function resumeMachine(fleet: FleetContext, reference: string, by: CallContext): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name, state } = found.record;
  if (state === 'suspended') return resumeSuspended(fleet, found, 'resume', by);
  if (state === 'running' && fleet.operations.of(id) === undefined) {
    if (found.record.wanted !== 'running') await want(fleet, found, 'running');
    return fleet.operations.already({ kind: 'resume', machine: { id, name } }, {});
  }
  if (state !== 'paused') refuseState(found, 'resumed', 'Start it with `vigil start`.');
  return letGoOn(fleet, found, 'resume', by);
}

/** A start of a machine that is held lets it go on: who starts it wants it to run. */
export async function startOrLetGoOn(fleet: FleetContext, reference: string, by: CallContext): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  return found.record.state === 'paused' ? letGoOn(fleet, found, 'start', by) : startMachine(fleet, reference, by);
}

/** The work of a resume, told as the verb that asked for it. */
function letGoOn(
  fleet: FleetContext,
  { record: { id, name, wanted } }: FleetMachine,
  kind: Extract<OperationKind, 'resume' | 'start'>,
  by: CallContext,
): Promise<Operation> {
  return fleet.operations.begin({
    kind,
    machine: { id, name },
    turn: fleet.operations.turn(id),
    work: async (context) => {
      const machine = await want(fleet, present(fleet, id), 'running');
      await fleet.provider.resume(providedMachine(machine), context);
      return heldEnd(fleet, id, by, 'running');
    },
    failed: (error, cancelled) => heldFailure(fleet, id, by, kind, wanted, error, cancelled),
  });
}

function refuseState({ record }: FleetMachine, done: string, hint: string): never {
  throw new VigilError('refused', `'${record.name}' is ${record.state} and cannot be ${done}.`, { hint });
}

/** Writes the wish down before anything is done about it. */
async function want(fleet: FleetContext, machine: FleetMachine, wanted: WantedState): Promise<FleetMachine> {
  const changed: FleetMachine = { ...machine, record: { ...machine.record, wanted } };
  await fleet.ledger.commit([rowOf(changed.record)]);
  fleet.registry.put(changed);
  return changed;
}

function heldEnd(fleet: FleetContext, id: string, by: CallContext, state: 'running' | 'paused') {
  const { record, run } = present(fleet, id);
  const changed = { ...record, state };
  const summary = state === 'paused' ? `'${record.name}' was paused.` : `'${record.name}' goes on.`;
  return {
    result: run === null ? {} : { pid: run.pid },
    changes: [rowOf(changed)],
    happenings: [happeningBy(by, record, state === 'paused' ? 'machine.paused' : 'machine.resumed', summary)],
    settle: () => fleet.registry.put({ record: changed, run: run === null ? null : { ...run, state } }),
  };
}

/** The machine is as it was, and so is what is wanted of it. */
function heldFailure(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  verb: 'pause' | 'resume' | 'start',
  wanted: WantedState,
  error: unknown,
  cancelled: boolean,
) {
  const machine = present(fleet, id);
  const record = { ...machine.record, wanted };
  const doing = verb === 'pause' ? 'paused' : 'resumed';
  const text = cancelled
    ? `The ${verb} of '${record.name}' was cancelled.`
    : `'${record.name}' could not be ${doing}: ${messageOf(error)}`;
  return {
    changes: [rowOf(record)],
    happenings: [happeningBy(by, record, cancelled ? 'operation.cancelled' : 'machine.verb-failed', text, { verb })],
    settle: () => fleet.registry.put({ ...machine, record }),
  };
}
