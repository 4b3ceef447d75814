import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation, StopRung } from '../../contract/operation.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { OperationContext, OperationEnd } from '../operations/operations.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { forgetMemory, refuseToForget, stopSuspended } from '../snapshots/discard-memory.ts';
import { commitMachine, staysDown } from '../snapshots/snapshot-rows.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, rowOf } from './fleet-context.ts';
import { freshConfig } from './machine-definition-edits.ts';
import type { FleetMachine } from './machine-view.ts';
import { present, runMachine, startFailure } from './start-machine.ts';

export interface StopWish {
  readonly force: boolean;
  readonly timeoutSeconds?: number | undefined;
}

const rungWords: Record<StopRung, string> = {
  agent: 'the guest agent shut it down',
  acpi: 'it obeyed the power button',
  quit: 'it was ended through its monitor',
  term: 'it was ended by a TERM signal',
  kill: 'it was killed',
  ended: 'it had ended already',
};

/** Stops a machine by the ladder; forced, it begins at quit and pre-empts a start or a gentler stop under way. */
export async function stopMachine(
  fleet: FleetContext,
  reference: string,
  wish: StopWish,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  refuseUnidentified(found);
  if (fleet.operations.of(id) === undefined && found.record.saved !== undefined) {
    if (!wish.force) refuseToForget(found, 'stop');
    return stopSuspended(fleet, found, by);
  }
  if (fleet.operations.of(id) === undefined && found.run === null) {
    await settleStopped(fleet, found);
    return fleet.operations.already({ kind: 'stop', machine: { id, name } }, { rung: 'ended' });
  }
  return fleet.operations.begin({
    kind: 'stop',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    preempt: wish.force,
    // With the decision, and not a moment later: a stop by force is waited for by somebody.
    intent: () => {
      const stopping = toStop(present(fleet, id), 'stopped');
      return stopping === null ? [] : [rowOf(stopping)];
    },
    began: () => {
      const machine = present(fleet, id);
      const stopping = toStop(machine, 'stopped');
      if (stopping !== null) fleet.registry.put({ ...machine, record: stopping });
    },
    work: async (context) => {
      const rung = await endMachine(fleet, id, wish, context, 'stopped');
      // What it pre-empted may have put it to sleep.
      if (present(fleet, id).record.saved !== undefined) {
        await commitMachine(fleet, { record: await forgetMemory(fleet, id, context), run: null });
      }
      return stoppedEnd(fleet, id, by, rung);
    },
    failed: (error, cancelled) => stopFailure(fleet, id, by, error, cancelled),
  });
}

export async function restartMachine(
  fleet: FleetContext,
  reference: string,
  wish: StopWish,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  refuseUnidentified(found);
  if (found.record.saved !== undefined && !wish.force) refuseToForget(found, 'restart');
  let ended = false;
  return fleet.operations.begin({
    kind: 'restart',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    isHealing: by.face === 'engine',
    preempt: wish.force,
    work: async (context) => {
      if (present(fleet, id).run !== null) {
        const rung = await endMachine(fleet, id, wish, context, 'running');
        const between = stoppedEnd(fleet, id, by, rung, 'running');
        await fleet.ledger.commit(between.changes, ...between.happenings);
        between.settle?.();
      }
      if (present(fleet, id).record.saved !== undefined) {
        await commitMachine(fleet, { record: await forgetMemory(fleet, id, context), run: null });
      }
      ended = true;
      await freshConfig(fleet, id);
      return runMachine(fleet, id, by, context, 'machine.restarted');
    },
    failed: (error, cancelled) =>
      ended ? startFailure(fleet, id, by, error, cancelled) : stopFailure(fleet, id, by, error, cancelled),
  });
}

function refuseUnidentified({ record }: FleetMachine): void {
  if (record.state !== 'unknown') return;
  throw new VigilError(
    'refused',
    `'${record.name}' is left alone: ${record.notice?.text ?? 'its process cannot be identified.'}`,
  );
}

/** A machine that is down: the wish is written, and what stood as a failure counts as seen. */
async function settleStopped(fleet: FleetContext, machine: FleetMachine): Promise<void> {
  const record: MachineRecord = { ...staysDown(machine.record), wanted: 'stopped', state: 'stopped', notice: null };
  await fleet.ledger.commit([rowOf(record)]);
  fleet.registry.put({ record, run: null });
}

/** What is written down before a process is ended; null when there is none, or when it is written already. */
function toStop({ record, run }: FleetMachine, wanted: MachineRecord['wanted']): MachineRecord | null {
  if (run === null || (record.state === 'stopping' && record.wanted === wanted)) return null;
  return { ...record, wanted, state: 'stopping' };
}

/** Writes the wish down, then climbs the ladder. Comes back when the process is gone. */
export async function endMachine(
  fleet: FleetContext,
  id: string,
  wish: StopWish,
  context: OperationContext,
  wanted: MachineRecord['wanted'],
): Promise<StopRung> {
  const machine = present(fleet, id);
  if (machine.run === null) return 'ended';
  const stopping = toStop(machine, wanted);
  if (stopping !== null) {
    await fleet.ledger.commit([rowOf(stopping)]);
    fleet.registry.put({ ...machine, record: stopping });
  }
  const acpiSeconds = wish.timeoutSeconds ?? fleet.settings().recovery.stop_seconds;
  const { rung } = await fleet.provider.stop(
    providedMachine(present(fleet, id)),
    { force: wish.force, acpiMs: acpiSeconds * 1000 },
    context,
  );
  return rung;
}

function stoppedEnd(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  rung: StopRung,
  wanted: MachineRecord['wanted'] = 'stopped',
): OperationEnd {
  const { record } = present(fleet, id);
  const stopped: MachineRecord = {
    ...(wanted === 'stopped' ? staysDown(record) : record),
    wanted,
    state: 'stopped',
    runtime: null,
    notice: null,
    stoppedAt: isoTime(fleet.clock.wallNow()),
  };
  return {
    result: { rung },
    changes: [rowOf(stopped)],
    happenings: [
      happeningBy(by, record, 'machine.stopped', `'${record.name}' was stopped: ${rungWords[rung]}.`, { rung }),
    ],
    // What was cut short and stays down is said by its row alone.
    isEvident: record.unfinished === undefined,
    settle: () => fleet.registry.put({ record: stopped, run: null }),
  };
}

/** A stop that failed or was given up: the process is still there, so the machine runs. */
function stopFailure(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  error: unknown,
  cancelled: boolean,
): OperationEnd {
  const machine = present(fleet, id);
  const now = isoTime(fleet.clock.wallNow());
  const text = cancelled
    ? `The stop of '${machine.record.name}' was given up; it goes on running.`
    : `'${machine.record.name}' could not be stopped: ${messageOf(error)}`;
  const record: MachineRecord = {
    ...machine.record,
    wanted: cancelled ? 'running' : machine.record.wanted,
    state: machine.run?.state ?? 'stopped',
    notice: cancelled ? machine.record.notice : { kind: 'failed', severity: 'critical', text, since: now },
  };
  return {
    changes: [rowOf(record)],
    happenings: [happeningBy(by, record, cancelled ? 'operation.cancelled' : 'machine.stop-failed', text)],
    settle: () => fleet.registry.put({ ...machine, record }),
  };
}
