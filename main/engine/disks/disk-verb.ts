import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import { firstDisk, type MachineConfig } from '../../contract/machine.ts';
import type { OperationKind } from '../../contract/operation.ts';
import { type FleetContext, happeningBy, messageOf } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { present } from '../fleet/start-machine.ts';
import type { OperationEnd } from '../operations/operations.ts';
import { refuseUnfinished } from '../snapshots/snapshot-rows.ts';

/** What the verbs on disks share. */

export function requireDisk(config: MachineConfig, name: string, disk: string): void {
  const names = [firstDisk, ...(config.disks ?? []).map((known) => known.name)];
  if (names.includes(disk)) return;
  throw new VigilError('not-found', `'${name}' has no disk '${disk}'.`, {
    field: 'disk',
    hint: `It has ${names.join(', ')}.`,
  });
}

/** Nothing may touch the disks of a machine whose process is unknown, or whose memory waits for them as they are. */
export function refuseUntouchable(fleet: FleetContext, machine: FleetMachine): void {
  const { record } = machine;
  refuseUnfinished(fleet, machine);
  if (record.state === 'unknown') {
    throw new VigilError(
      'refused',
      `'${record.name}' is left alone: ${record.notice?.text ?? 'its process cannot be identified.'}`,
    );
  }
  if (record.saved === undefined) return;
  throw new VigilError('refused', `'${record.name}' is suspended: its saved memory needs the disks as they are.`, {
    hint: `Resume it and stop it first: vigil resume ${record.name}`,
  });
}

export function refuseRunning({ record, run }: FleetMachine, what: string): void {
  if (run === null) return;
  throw new VigilError('refused', `'${record.name}' is ${record.state}: ${what}.`, {
    hint: `Stop it first: vigil stop ${record.name}`,
  });
}

/** Nothing has changed but the journal. */
export function diskFailure(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  kind: OperationKind,
  what: string,
  outcome: { readonly error: unknown; readonly cancelled: boolean },
): OperationEnd {
  const { record } = present(fleet, id);
  const text = outcome.cancelled ? `${what} was cancelled.` : `${what} failed: ${messageOf(outcome.error)}`;
  const action = outcome.cancelled ? 'operation.cancelled' : 'machine.verb-failed';
  return { changes: [], happenings: [happeningBy(by, record, action, text, { verb: kind })] };
}

/** A disk in words, for the journal. */
export function diskWords(name: string, disk: string): string {
  return disk === firstDisk ? `the disk of '${name}'` : `the disk ${disk} of '${name}'`;
}
