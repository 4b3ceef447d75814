import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { JournalAction } from '../../contract/journal.ts';
import type { Operation } from '../../contract/operation.ts';
import type { Happening } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { OperationContext, OperationEnd } from '../operations/operations.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { resumeSuspended } from '../snapshots/resume-suspended.ts';
import { refuseUnfinished } from '../snapshots/snapshot-rows.ts';
import { examineConfig } from './examine-draft.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, refuseFaults, rowOf } from './fleet-context.ts';
import { freshConfig } from './machine-definition-edits.ts';
import type { FleetMachine } from './machine-view.ts';

/** Starts a machine; one that runs already is left alone and the answer says it is done. */
export async function startMachine(fleet: FleetContext, reference: string, by: CallContext): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  const turn = fleet.operations.turn(id);
  if (fleet.operations.of(id) === undefined && found.run !== null && isUp(found)) {
    await wantRunning(fleet, found);
    return fleet.operations.already({ kind: 'start', machine: { id, name } }, { pid: found.run.pid });
  }
  refuseUnlessStartable(found);
  refuseUnfinished(fleet, found);
  if (found.record.saved !== undefined) return resumeSuspended(fleet, found, 'start', by);
  await freshConfig(fleet, id);
  return fleet.operations.begin({
    kind: 'start',
    machine: { id, name },
    turn,
    isHealing: by.face === 'engine',
    work: (context) => runMachine(fleet, id, by, context, 'machine.started'),
    failed: (error, cancelled) => startFailure(fleet, id, by, error, cancelled),
  });
}

export function isUp(machine: FleetMachine): boolean {
  return machine.record.state === 'running' || machine.record.state === 'paused';
}

function refuseUnlessStartable({ record, run }: FleetMachine): void {
  if (record.state === 'unknown') {
    throw new VigilError(
      'refused',
      `'${record.name}' cannot be started: ${record.notice?.text ?? 'a process is there that cannot be identified.'}`,
    );
  }
  if (record.state === 'failed' && run !== null) {
    throw new VigilError('conflict', `'${record.name}' is held after a failure.`, {
      hint: 'Restart it, or stop it first.',
    });
  }
}

async function wantRunning(fleet: FleetContext, machine: FleetMachine): Promise<void> {
  if (machine.record.wanted === 'running') return;
  const record: MachineRecord = { ...machine.record, wanted: 'running' };
  await fleet.ledger.commit([rowOf(record)]);
  fleet.registry.put({ ...machine, record });
}

/**
 * The work of a start, shared by start, restart and create. The new generation and the wish are durable before the process
 * is made; the process's identity is durable before anything is said to it.
 */
export async function runMachine(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  context: OperationContext,
  action: Extract<JournalAction, 'machine.started' | 'machine.restarted'>,
): Promise<OperationEnd> {
  const before = present(fleet, id);
  refuseFaults(await examineConfig(fleet, before.record.config, id));
  let record: MachineRecord = {
    ...before.record,
    wanted: 'running',
    state: 'starting',
    generation: before.record.generation + 1,
    runtime: null,
    notice: null,
  };
  await fleet.ledger.commit([rowOf(record)]);
  fleet.registry.put({ record, run: null });

  const run = await fleet.provider.start(providedMachine({ record, run: null }), {
    signal: context.signal,
    progress: (fraction, step) => context.progress(fraction, step),
    spawned: async (runtime) => {
      record = { ...record, runtime };
      await fleet.ledger.commit([rowOf(record)]);
      fleet.registry.put({ record, run: null });
    },
  });
  const running: MachineRecord = { ...record, state: run.state, runtime: run.runtime, startedAt: run.startedAt };
  const happenings: Happening[] = [
    happeningBy(
      by,
      running,
      action,
      `'${running.name}' ${action === 'machine.started' ? 'was started' : 'was restarted'}.`,
      {
        pid: run.pid,
        accelerator: run.accelerator,
      },
    ),
  ];
  if (run.accelerator === 'tcg') {
    happenings.push({
      action: 'accelerator.fallback',
      actor: 'engine',
      machine: { id, name: running.name },
      summary: run.acceleratorReason,
      details: { accelerator: run.accelerator },
    });
  }
  return {
    result: { pid: run.pid },
    changes: [rowOf(running)],
    happenings,
    isEvident: true,
    settle: () => fleet.registry.put({ record: running, run }),
  };
}

/** What is true when a start failed: no process is there (the provider saw to it). */
export function startFailure(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  error: unknown,
  cancelled: boolean,
): OperationEnd {
  const { record } = present(fleet, id);
  const now = isoTime(fleet.clock.wallNow());
  const text = cancelled
    ? `The start of '${record.name}' was cancelled.`
    : `'${record.name}' did not start: ${messageOf(error)}`;
  const isHealing = by.face === 'engine';
  const stopped: MachineRecord = {
    ...record,
    // A person's start that never came about is no standing wish: nothing shall try it again behind their back.
    wanted: isHealing ? record.wanted : 'stopped',
    state: isHealing ? 'failed' : 'stopped',
    runtime: null,
    stoppedAt: now,
    notice: cancelled ? null : { kind: 'failed', severity: 'critical', text, since: now },
  };
  return {
    changes: [rowOf(stopped)],
    happenings: [happeningBy(by, record, cancelled ? 'operation.cancelled' : 'machine.start-failed', text)],
    settle: () => fleet.registry.put({ record: stopped, run: null }),
  };
}

export function present(fleet: FleetContext, id: string): FleetMachine {
  const machine = fleet.registry.get(id);
  if (machine === undefined) throw new VigilError('not-found', 'The machine is gone.', { field: 'machine' });
  return machine;
}
