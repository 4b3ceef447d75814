import type { Operation, OperationKind } from '../../contract/operation.ts';
import { operationWords } from '../../contract/operation-words.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { MachineRun } from '../ports/machine-provider.ts';
import type { MachineRecord, StateChange } from '../ports/state-store.ts';
import type { FleetContext } from './fleet-context.ts';

/** Operations that were under way when the last life of the engine ended. */

/** They neither begin nor end a process: that it is gone has another cause. */
const processIsNoMatter: ReadonlySet<OperationKind> = new Set([
  'pause',
  'resume',
  'edit',
  'clone',
  'disk-add',
  'disk-grow',
  'disk-check',
  'disk-compact',
]);

export function leavesProcessAlone(cut: Operation): boolean {
  return processIsNoMatter.has(cut.kind);
}

/** What was asked for has come about after all. */
export function isAchieved(cut: Operation, run: MachineRun): boolean {
  switch (cut.kind) {
    case 'start':
      return true;
    case 'pause':
      return run.state === 'paused';
    case 'resume':
      return run.state === 'running';
    default:
      return false;
  }
}

/** Ends it, so that it is in the list of operations like any other; the change is the caller's to write. */
export function closeInterrupted(
  fleet: FleetContext,
  cut: Operation,
  outcome: 'done' | null,
  pid?: number,
): StateChange {
  const operation: Operation = {
    ...cut,
    state: outcome ?? 'failed',
    step: null,
    endedAt: isoTime(fleet.clock.wallNow()),
    cancellable: false,
    ...(outcome === 'done'
      ? { progress: 1, result: pid === undefined ? {} : { pid } }
      : { error: { code: 'internal', message: `Vigil ended during the ${operationWords[cut.kind].noun}.` } }),
  };
  fleet.operations.recall(operation);
  return { kind: 'operation-put', operation };
}

/** What a person should know about a machine that ran on while its operation did not; null when it came about. */
export function interruptionNotice(
  record: MachineRecord,
  cut: Operation,
  run: MachineRun,
  since: string,
): MachineRecord['notice'] {
  if (cut.kind === 'create' || isAchieved(cut, run)) return null;
  const text = `Vigil ended during the ${operationWords[cut.kind].noun} of '${record.name}', which runs on. Ask again if you still want it.`;
  return { kind: 'interrupted', severity: 'warning', text, since };
}
