import { VigilError } from '../../contract/failure.ts';
import type { OperationKind } from '../../contract/operation.ts';
import { type FleetContext, messageOf, providedMachine, rowOf } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { OperationEnd } from '../operations/operations.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { HeldSnapshot } from '../ports/machine-snapshots.ts';
import type { MachineRecord, SnapshotRecord, UnfinishedWork } from '../ports/state-store.ts';
import { finishRevert } from './apply-revert.ts';
import { removedEnd } from './delete-snapshot.ts';
import { letGuestGoOn } from './resume-suspended.ts';
import { letWritesGo } from './save-state.ts';
import { awake, commitMachine, finished, unstoppable } from './snapshot-rows.ts';
import { asleep, takeBackSuspend } from './suspend-machine.ts';
import { undoRevert } from './undo-revert.ts';

/**
 * Work on memory and disks that an engine left half done, or that could not be taken back when it failed. It is finished
 * where the images hold it whole, and taken back where they do not; the truth is what they hold. Each is an operation of
 * its own, so that nobody else touches the machine meanwhile.
 */
export async function settleUnfinished(fleet: FleetContext): Promise<void> {
  for (const machine of fleet.registry.all()) {
    const { id, name, state, unfinished } = machine.record;
    if (state === 'unknown' || state === 'creating' || fleet.operations.of(id) !== undefined) continue;
    if (unfinished === undefined && leftovers(fleet, machine).length === 0) continue;
    await fleet.operations.begin({
      kind: kindOf(unfinished),
      machine: { id, name },
      turn: fleet.operations.turn(id),
      work: async (context) => settle(fleet, id, unstoppable(context)),
      failed: (error) => unsettled(fleet, id, error),
    });
  }
}

const kinds: Readonly<Record<UnfinishedWork['kind'], OperationKind>> = {
  snapshot: 'snapshot',
  suspend: 'suspend',
  resume: 'resume',
  revert: 'revert',
};

function kindOf(unfinished: UnfinishedWork | undefined): OperationKind {
  return unfinished === undefined ? 'snapshot-delete' : kinds[unfinished.kind];
}

/** Rows of snapshots that are neither there nor gone, and that no unfinished work speaks of. */
function leftovers(fleet: FleetContext, { record }: FleetMachine): readonly SnapshotRecord[] {
  const spokenOf =
    record.unfinished?.kind === 'revert'
      ? record.unfinished.safety
      : record.unfinished?.kind === 'snapshot'
        ? record.unfinished.snapshot
        : null;
  return fleet.snapshots.of(record.id).filter(({ id, state }) => state !== 'ready' && id !== spokenOf);
}

async function settle(fleet: FleetContext, id: string, context: WorkContext): Promise<OperationEnd> {
  const { snapshots } = fleet.provider;
  await takeUpProcess(fleet, id);
  await snapshots.finishJobs(providedMachine(present(fleet, id)), context);
  if (present(fleet, id).run === null) await tidyImages(fleet, id);
  const { unfinished } = present(fleet, id).record;
  switch (unfinished?.kind) {
    case 'snapshot':
      await settleSnapshot(fleet, id, unfinished.snapshot, context);
      break;
    case 'suspend':
      await settleSuspend(fleet, id, unfinished, context);
      break;
    case 'resume':
      await settleResume(fleet, id, context);
      break;
    case 'revert':
      await settleRevert(fleet, id, unfinished, context);
      break;
    case undefined:
      break;
  }
  for (const left of leftovers(fleet, present(fleet, id))) {
    await snapshots.remove(providedMachine(present(fleet, id)), left.tag, context);
    const end = removedEnd(fleet, left, null);
    fleet.ledger.record(end.changes, ...end.happenings);
    end.settle?.();
  }
  return { changes: [rowOf(present(fleet, id).record)], happenings: [] };
}

/** A process that was being made when its engine died may have come up after the next one looked for it. */
async function takeUpProcess(fleet: FleetContext, id: string): Promise<void> {
  const machine = present(fleet, id);
  if (machine.run !== null) return;
  const { findings } = await fleet.provider.reconcile([providedMachine(machine)]);
  const finding = findings.get(id);
  if (finding?.kind === 'unidentified') throw new VigilError('refused', finding.reason);
  if (finding?.kind !== 'running') return;
  const { run } = finding;
  const record = { ...machine.record, state: run.state, runtime: run.runtime, startedAt: run.startedAt };
  await commitMachine(fleet, { record, run });
}

/** Whoever wrote the snapshots may have been killed with the engine, and its last change is half done. */
async function tidyImages(fleet: FleetContext, id: string): Promise<void> {
  const machine = present(fleet, id);
  const { name } = machine.record;
  for (const disk of await fleet.provider.snapshots.tidy(providedMachine(machine))) {
    const way = `vigil disk ${name} check --disk ${disk}`;
    tell(fleet, machine.record, 'disk.checked', `The disk '${disk}' of '${name}' has faults. Look at them: ${way}`);
  }
}

async function heldAs(fleet: FleetContext, id: string, tag: string): Promise<HeldSnapshot | undefined> {
  return (await fleet.provider.snapshots.held(providedMachine(present(fleet, id)))).get(tag);
}

async function settleSnapshot(
  fleet: FleetContext,
  id: string,
  snapshotId: string,
  context: WorkContext,
): Promise<void> {
  const machine = present(fleet, id);
  const snapshot = fleet.snapshots.get(snapshotId);
  if (machine.record.state === 'running') await letWritesGo(fleet, id);
  const held = snapshot === undefined ? undefined : await heldAs(fleet, id, snapshot.tag);
  if (snapshot !== undefined && held?.isWhole === true && held.memoryBytes > 0 === snapshot.live) {
    const ready: SnapshotRecord = {
      ...snapshot,
      sizeBytes: snapshot.live ? held.memoryBytes : null,
      state: 'ready',
    };
    const record: MachineRecord = { ...finished(machine.record), snapshot: ready.id };
    await commitMachine(fleet, { ...machine, record: { ...record, notice: ownNotice(machine.record, null) } }, [ready]);
    tell(
      fleet,
      record,
      'snapshot.taken',
      `The snapshot '${ready.name}' of '${record.name}', begun before Vigil ended, was finished.`,
    );
    return;
  }
  if (snapshot !== undefined) await fleet.provider.snapshots.remove(providedMachine(machine), snapshot.tag, context);
  const record = finished(machine.record);
  await commitMachine(fleet, { ...machine, record }, [], snapshot === undefined ? [] : [snapshot.id]);
  tell(fleet, record, 'snapshot.failed', `A snapshot of '${record.name}', cut short when Vigil ended, was taken back.`);
}

async function settleSuspend(
  fleet: FleetContext,
  id: string,
  unfinished: UnfinishedWork & { readonly kind: 'suspend' },
  context: WorkContext,
): Promise<void> {
  const machine = present(fleet, id);
  if (machine.run !== null) {
    await takeBackSuspend(fleet, id, context);
    if (present(fleet, id).record.unfinished === undefined)
      tell(
        fleet,
        machine.record,
        'operation.interrupted',
        `Suspending '${machine.record.name}' was cut short when Vigil ended; it goes on as before.`,
      );
    return;
  }
  const held = await heldAs(fleet, id, unfinished.saved.tag);
  if (held?.isWhole === true && held.memoryBytes > 0) {
    const record = asleep(machine.record, unfinished.saved, isoTime(fleet.clock.wallNow()));
    await commitMachine(fleet, { record, run: null });
    tell(fleet, record, 'machine.suspended', `Suspending '${record.name}', begun before Vigil ended, was finished.`);
    return;
  }
  if (held !== undefined)
    await fleet.provider.snapshots.remove(providedMachine(machine), unfinished.saved.tag, context);
  await commitMachine(fleet, { run: null, record: { ...finished(machine.record), wanted: 'stopped' } });
}

async function settleResume(fleet: FleetContext, id: string, context: WorkContext): Promise<void> {
  const machine = present(fleet, id);
  const { saved } = machine.record;
  const held = saved === undefined ? undefined : await heldAs(fleet, id, saved.tag);
  if (machine.run === null) {
    const isAsleep = saved !== undefined && held?.isWhole === true;
    const record: MachineRecord = isAsleep
      ? { ...asleep(machine.record, saved, saved.at), notice: machine.record.notice }
      : { ...awake(finished(machine.record)), state: 'stopped', wanted: 'stopped' };
    await commitMachine(fleet, { record, run: null });
    return;
  }
  // It stands still as long as its memory is in the images: loading it once more changes nothing.
  if (saved !== undefined && held?.isWhole === true) {
    await fleet.provider.snapshots.load(providedMachine(machine), saved.tag, context);
  }
  const woken = await letGuestGoOn(fleet, machine, saved, context);
  const record: MachineRecord = { ...finished(woken.record), notice: ownNotice(woken.record, null) };
  await commitMachine(fleet, { ...woken, record });
  tell(fleet, record, 'machine.resumed', `Resuming '${record.name}', begun before Vigil ended, was finished.`);
}

async function settleRevert(
  fleet: FleetContext,
  id: string,
  unfinished: UnfinishedWork & { readonly kind: 'revert' },
  context: WorkContext,
): Promise<void> {
  const target = fleet.snapshots.get(unfinished.to);
  if (unfinished.phase === 'loaded' && target !== undefined) {
    const { run } = present(fleet, id);
    const done = await finishRevert(fleet, { target, plan: run === null ? 'disks-only' : 'load-in-place' }, context);
    await commitMachine(fleet, done);
    tell(
      fleet,
      done.record,
      'snapshot.reverted',
      `'${done.record.name}' went back to '${target.name}', as begun before Vigil ended.`,
    );
    return;
  }
  await undoRevert(fleet, id, context);
  const machine = present(fleet, id);
  if (machine.record.unfinished !== undefined) {
    const safety = fleet.snapshots.get(unfinished.safety)?.name;
    throw new Error(`It is half-way${safety === undefined ? '' : `; '${safety}' holds how it was`}.`);
  }
  const state = machine.record.state === 'suspended' ? 'suspended with the memory it had' : 'as it was before';
  const text = `Vigil ended while '${machine.record.name}' went back to '${target?.name ?? 'a snapshot'}'; it is ${state}.`;
  const since = isoTime(fleet.clock.wallNow());
  const notice = { kind: 'interrupted', severity: 'warning', text, since } as const;
  await commitMachine(fleet, { ...machine, record: { ...machine.record, notice } });
  tell(fleet, machine.record, 'operation.interrupted', text);
}

/** A notice about the interruption is over with it; any other one stays. */
function ownNotice(record: MachineRecord, instead: MachineRecord['notice']): MachineRecord['notice'] {
  return record.notice?.kind === 'interrupted' ? instead : record.notice;
}

function tell(
  fleet: FleetContext,
  { id, name }: MachineRecord,
  action:
    | 'snapshot.taken'
    | 'snapshot.failed'
    | 'snapshot.reverted'
    | 'machine.suspended'
    | 'machine.resumed'
    | 'disk.checked'
    | 'operation.interrupted',
  summary: string,
): void {
  fleet.ledger.record([], { action, actor: 'engine', summary, machine: { id, name } });
}

function unsettled(fleet: FleetContext, id: string, error: unknown): OperationEnd {
  const machine = present(fleet, id);
  const { name } = machine.record;
  const text = `What was cut short on '${name}' could not be settled yet: ${messageOf(error)}`;
  if (machine.record.notice?.text === text) return { changes: [], happenings: [] };
  const since = isoTime(fleet.clock.wallNow());
  const record: MachineRecord = { ...machine.record, notice: { kind: 'failed', severity: 'critical', text, since } };
  return {
    changes: [rowOf(record)],
    happenings: [{ action: 'snapshot.failed', actor: 'engine', machine: { id, name }, summary: text }],
    settle: () => fleet.registry.put({ ...machine, record }),
  };
}
