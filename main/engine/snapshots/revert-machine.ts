import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Operation } from '../../contract/operation.ts';
import type { StateVersions } from '../../contract/snapshot.ts';
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
import { isUp, present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { OperationContext, OperationEnd } from '../operations/operations.ts';
import type { MachineRecord, SnapshotRecord } from '../ports/state-store.ts';
import { finishRevert, loadTarget, type Revert } from './apply-revert.ts';
import { hardwareOf, sameHardware } from './hardware.ts';
import { withoutMemory } from './list-snapshots.ts';
import { planRevert } from './revert-plan.ts';
import { saveState } from './save-state.ts';
import {
  awake,
  commitMachine,
  newSnapshot,
  refuseUnclear,
  refuseUnfinished,
  requireSnapshot,
  unstoppable,
} from './snapshot-rows.ts';
import { safetyName } from './snapshot-tree.ts';
import { refuseWithoutRoom } from './take-snapshot.ts';
import { undoRevert } from './undo-revert.ts';
import { loadObstacle } from './versions-fit.ts';

const safetyDays = 7;

/**
 * Goes back to a snapshot. How the machine is now is saved first, so that going back can be gone back on; what fails or is
 * cancelled half-way is taken back by it. With its memory the machine runs afterwards, without it it is stopped.
 */
export async function revertMachine(
  fleet: FleetContext,
  reference: string,
  wish: { readonly snapshot: string; readonly memory: boolean },
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  const turn = fleet.operations.turn(id);
  refuseUnclear(found);
  if (found.record.unfinished?.kind !== 'revert') refuseUnfinished(fleet, found);
  const target = requireSnapshot(fleet, found, wish.snapshot);
  if (target.state !== 'ready') throw new VigilError('conflict', `The snapshot '${target.name}' is not whole.`);
  const usesMemory = target.live && wish.memory;
  await refuseUnlessItLoads(fleet, found, target, usesMemory);
  await refuseUnwritableDefinition(fleet, found);
  const config = hardwareOf(target.config, found.record.config);
  if (usesMemory) refuseFaults(await examineConfig(fleet, config, id));
  const versions = await versionsOfPresent(fleet, found);
  return fleet.operations.begin({
    kind: 'revert',
    machine: { id, name },
    turn,
    work: async (context) => {
      const plan = planRevert({
        usesMemory,
        isUp: isUp(found),
        fitsProcess: versions !== null && fits(found, versions, target),
      });
      let revert: Revert | null = null;
      try {
        revert = await withSafety(fleet, id, target, { plan, versions, user: by.user }, context);
        await loadTarget(fleet, revert, context);
      } catch (error) {
        await undoRevert(fleet, id, unstoppable(context));
        throw error;
      }
      const done = await finishRevert(fleet, revert, context);
      return revertedEnd(fleet, done, revert, by);
    },
    failed: (error, cancelled) => failedEnd(fleet, id, target, by, error, cancelled),
  });
}

/** Saves how the machine is now. From the end of this on the disks may change. */
async function withSafety(
  fleet: FleetContext,
  id: string,
  target: SnapshotRecord,
  how: { readonly plan: Revert['plan']; readonly versions: StateVersions | null; readonly user: string },
  context: OperationContext,
): Promise<Revert> {
  const found = present(fleet, id);
  const { record } = found;
  // A revert that was cut short and could not be taken back: what it saved first is still how the machine was.
  const cut = record.unfinished?.kind === 'revert' ? fleet.snapshots.get(record.unfinished.safety) : undefined;
  if (cut?.state === 'ready')
    return { target, safety: cut, plan: how.plan === 'disks-only' ? how.plan : 'start-and-load' };
  const asked = newSnapshot(fleet, found, {
    name: safetyName(
      target.name,
      isoTime(fleet.clock.wallNow()),
      fleet.snapshots.of(id).map((snapshot) => snapshot.name),
    ),
    creator: 'safety',
    user: null,
    expiresAt: isoTime(fleet.clock.wallNow() + safetyDays * 86_400_000),
    versions: record.saved?.versions ?? how.versions,
  });
  const unfinished = {
    kind: 'revert',
    to: target.id,
    safety: asked.id,
    wasRunning: record.state === 'running',
    generation: record.generation,
  } as const;
  if (record.saved !== undefined) {
    // What it is suspended with is how it was: nothing has to be saved again.
    const safety: SnapshotRecord = { ...asked, tag: record.saved.tag, state: 'ready' };
    const begun: MachineRecord = { ...awake(record), unfinished: { ...unfinished, phase: 'loading' } };
    await commitMachine(fleet, { ...found, record: begun }, [safety]);
    return { target, safety, plan: how.plan };
  }
  const begun: MachineRecord = { ...record, unfinished: { ...unfinished, phase: 'saving' } };
  const machine = await commitMachine(fleet, { ...found, record: begun }, [asked]);
  context.progress(null, 'Saving how it is now');
  if (unfinished.wasRunning) await fleet.provider.pause(providedMachine(machine), context);
  const safety = await saveState(fleet, asked, context);
  const loading: MachineRecord = { ...begun, unfinished: { ...unfinished, phase: 'loading' } };
  await commitMachine(fleet, { ...machine, record: loading }, [safety]);
  return { target, safety, plan: how.plan };
}

function fits({ record }: FleetMachine, process: StateVersions, { config, versions }: SnapshotRecord): boolean {
  return (
    versions !== null &&
    process.machineType === versions.machineType &&
    process.accelerator === versions.accelerator &&
    sameHardware(record.config, config)
  );
}

async function versionsOfPresent(fleet: FleetContext, found: FleetMachine): Promise<StateVersions | null> {
  if (found.run === null) return null;
  await refuseWithoutRoom(fleet, found);
  return fleet.provider.snapshots.versionsOf(providedMachine(found));
}

async function refuseUnlessItLoads(
  fleet: FleetContext,
  { record }: FleetMachine,
  { name, versions }: SnapshotRecord,
  usesMemory: boolean,
): Promise<void> {
  if (!usesMemory || versions === null) return;
  const here = await fleet.provider.snapshots.loadable();
  const obstacle = loadObstacle(versions, here, withoutMemory(record.name, name));
  if (obstacle === null) return;
  throw new VigilError('refused', `'${record.name}' cannot go back to '${name}'. ${obstacle.reason}`, {
    hint: obstacle.hint,
  });
}

/** What the machine is made of goes back with it, and a file that a person has broken is not written over. */
async function refuseUnwritableDefinition(fleet: FleetContext, { record }: FleetMachine): Promise<void> {
  const reading = await fleet.definitions.read(record.name);
  if (reading?.kind !== 'broken') return;
  throw new VigilError('conflict', reading.fault.message, { hint: 'Mend the definition first.' });
}

function revertedEnd(fleet: FleetContext, machine: FleetMachine, { plan, safety, target }: Revert, by: CallContext) {
  const { record, run } = machine;
  const how = plan === 'disks-only' ? 'with its disks alone; it is stopped' : 'and runs from there';
  const kept = `How it was before is kept for ${safetyDays} days as '${safety.name}'.`;
  return {
    result: { ...(run === null ? {} : { pid: run.pid }), note: `${kept}${wordsOfLaterDisks(safety, target)}` },
    changes: [rowOf(record)],
    happenings: [
      happeningBy(by, record, 'snapshot.reverted', `'${record.name}' went back to '${target.name}', ${how}.`, {
        snapshot: target.name,
        safety: safety.name,
        memory: plan !== 'disks-only',
      }),
    ],
    settle: () => fleet.registry.put(machine),
  };
}

/** Disks that came after the snapshot are not part of the machine that went back to it; nobody deletes them. */
function wordsOfLaterDisks(before: SnapshotRecord, target: SnapshotRecord): string {
  const then = new Set(target.config.disks?.map(({ name }) => name));
  const later = (before.config.disks ?? []).map(({ name }) => name).filter((name) => !then.has(name));
  if (later.length === 0) return '';
  const names = new Intl.ListFormat('en').format(later);
  return later.length === 1
    ? ` The disk ${names}, added since, is detached with its data; going back to how it was attaches it again.`
    : ` The disks ${names}, added since, are detached with their data; going back to how it was attaches them again.`;
}

function failedEnd(
  fleet: FleetContext,
  id: string,
  target: SnapshotRecord,
  by: CallContext,
  error: unknown,
  cancelled: boolean,
): OperationEnd {
  const machine = present(fleet, id);
  const { name, unfinished } = machine.record;
  const safety = unfinished?.kind === 'revert' ? fleet.snapshots.get(unfinished.safety)?.name : undefined;
  const left =
    unfinished === undefined
      ? machine.record.state === 'suspended'
        ? 'It is as it was before, suspended.'
        : 'It is as it was before.'
      : `It is half-way; go back to '${safety ?? 'a snapshot'}', which holds how it was.`;
  const text = cancelled
    ? `Going back to '${target.name}' was cancelled for '${name}'. ${left}`
    : `'${name}' could not go back to '${target.name}': ${messageOf(error)} ${left}`;
  const now = isoTime(fleet.clock.wallNow());
  const record: MachineRecord = {
    ...machine.record,
    notice:
      cancelled && unfinished === undefined
        ? machine.record.notice
        : { kind: 'failed', severity: unfinished === undefined ? 'warning' : 'critical', text, since: now },
  };
  return {
    changes: [rowOf(record)],
    happenings: [
      happeningBy(by, record, cancelled ? 'operation.cancelled' : 'snapshot.failed', text, { snapshot: target.name }),
    ],
    settle: () => fleet.registry.put({ ...machine, record }),
  };
}
