import { VigilError } from '../../contract/failure.ts';
import type { SnapshotCreator, StateVersions } from '../../contract/snapshot.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import { type FleetContext, rowOf } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord, SnapshotRecord, StateChange } from '../ports/state-store.ts';

/** Rows of machines and snapshots as they change together. */

export function snapshotRow(snapshot: SnapshotRecord): StateChange {
  return { kind: 'snapshot-put', snapshot };
}

export function snapshotGone(id: string): StateChange {
  return { kind: 'snapshot-removed', id };
}

/** Durable first, then known: the machine with what changes about it, and the snapshots that change with it. */
export async function commitMachine(
  fleet: FleetContext,
  machine: FleetMachine,
  changed: readonly SnapshotRecord[] = [],
  gone: readonly string[] = [],
): Promise<FleetMachine> {
  await fleet.ledger.commit([rowOf(machine.record), ...changed.map(snapshotRow), ...gone.map(snapshotGone)]);
  for (const snapshot of changed) fleet.snapshots.put(snapshot);
  for (const id of gone) fleet.snapshots.remove(id);
  fleet.registry.put(machine);
  return machine;
}

/** The row without what was under way. */
export function finished(record: MachineRecord): MachineRecord {
  const { unfinished: _over, ...rest } = record;
  return rest;
}

/** Whoever stops a machine does not want it up again when what was cut short on it is settled. */
export function staysDown(record: MachineRecord): MachineRecord {
  const { unfinished } = record;
  if (unfinished === undefined || !('wasRunning' in unfinished)) return record;
  return { ...record, unfinished: { ...unfinished, wasRunning: false } };
}

/** The row without memory on the disk. */
export function awake(record: MachineRecord): MachineRecord {
  const { saved: _gone, ...rest } = record;
  return rest;
}

export interface SnapshotWish {
  readonly name: string;
  readonly creator: SnapshotCreator;
  readonly user: string | null;
  readonly expiresAt: string | null;
  /** Of the memory; null for one of the disks alone. */
  readonly versions: StateVersions | null;
}

/** The row of a snapshot that is about to be taken of a machine as it is now. */
export function newSnapshot(fleet: FleetContext, { record }: FleetMachine, wish: SnapshotWish): SnapshotRecord {
  const id = fleet.identifiers.uuid();
  return {
    id,
    machineId: record.id,
    name: wish.name,
    tag: `vigil-${id}`,
    at: isoTime(fleet.clock.wallNow()),
    parent: record.snapshot ?? null,
    live: wish.versions !== null,
    sizeBytes: null,
    creator: wish.creator,
    user: wish.user,
    expiresAt: wish.expiresAt,
    consistent: false,
    versions: wish.versions,
    config: record.config,
    state: 'taking',
  };
}

/** For what is finished once it has begun: its steps are told, but nobody cancels it. */
export function unstoppable({ progress }: WorkContext): WorkContext {
  return { signal: createStopSource().signal, progress };
}

/** The snapshot of this name; `not-found` tells which there are. */
export function requireSnapshot(fleet: FleetContext, { record }: FleetMachine, name: string): SnapshotRecord {
  const all = fleet.snapshots.of(record.id);
  const found = all.find((snapshot) => snapshot.name === name);
  if (found !== undefined) return found;
  const names = all.map((snapshot) => snapshot.name);
  throw new VigilError('not-found', `'${record.name}' has no snapshot '${name}'.`, {
    field: 'snapshot',
    hint: names.length === 0 ? `Take one with \`vigil snapshot ${record.name} NAME\`.` : `It has ${names.join(', ')}.`,
  });
}

/** Refuses a machine of which it is not known what it is, and one whose disks cannot keep snapshots. */
export function refuseUnclear({ record }: FleetMachine): void {
  if (record.state === 'unknown' || record.state === 'creating') {
    throw new VigilError('refused', `'${record.name}' is left alone: ${record.notice?.text ?? 'it is being created.'}`);
  }
}

/** What an interrupted piece of work left is settled before the next one begins. */
export function refuseUnfinished(fleet: FleetContext, { record }: FleetMachine): void {
  if (record.unfinished === undefined || fleet.operations.of(record.id) !== undefined) return;
  const { kind } = record.unfinished;
  throw new VigilError('conflict', `A ${kind} of '${record.name}' was cut short and is not settled yet.`, {
    hint:
      kind === 'revert'
        ? `Go back to one of its snapshots: vigil snapshots ${record.name}`
        : 'Vigil tries again by itself; see the notice of the machine.',
  });
}
