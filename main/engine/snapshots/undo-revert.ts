import { type FleetContext, messageOf, providedMachine } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord, SnapshotRecord } from '../ports/state-store.ts';
import { endProcess } from './apply-revert.ts';
import { hardwareOf } from './hardware.ts';
import { wake } from './resume-suspended.ts';
import { takeBackSave } from './save-state.ts';
import { commitMachine, finished, snapshotGone } from './snapshot-rows.ts';

/**
 * Takes back a revert that came to nothing: afterwards the machine is as it was before, running where it ran. When its
 * process had been ended already and does not come back, it is suspended with the memory it had. What cannot even be
 * begun now leaves the row as it is, and is tried again. Never rejects.
 */
export async function undoRevert(fleet: FleetContext, id: string, context: WorkContext): Promise<void> {
  try {
    const { unfinished } = present(fleet, id).record;
    if (unfinished?.kind !== 'revert' || unfinished.phase === 'loaded') return;
    const safety = fleet.snapshots.get(unfinished.safety);
    context.progress(null, 'Putting it back as it was');
    if (unfinished.phase === 'saving' || safety === undefined) await undoSaving(fleet, id, safety, context);
    else await undoLoading(fleet, id, safety, context);
  } catch (error) {
    fleet.log.write('error', 'snapshots', 'a revert could not be taken back', { machine: id, error });
  }
}

/** Nothing was changed yet: the guest was held at most. */
async function undoSaving(
  fleet: FleetContext,
  id: string,
  safety: SnapshotRecord | undefined,
  context: WorkContext,
): Promise<void> {
  const machine = present(fleet, id);
  const { unfinished } = machine.record;
  if (safety !== undefined) await fleet.provider.snapshots.remove(providedMachine(machine), safety.tag, context);
  const goesOn = unfinished?.kind === 'revert' && unfinished.wasRunning && machine.run !== null;
  if (goesOn) await fleet.provider.resume(providedMachine(machine), context);
  await commitMachine(
    fleet,
    {
      record: { ...finished(machine.record), ...(goesOn ? { state: 'running' as const } : {}) },
      run: goesOn && machine.run !== null ? { ...machine.run, state: 'running' } : machine.run,
    },
    [],
    safety === undefined ? [] : [safety.id],
  );
}

async function undoLoading(
  fleet: FleetContext,
  id: string,
  safety: SnapshotRecord,
  context: WorkContext,
): Promise<void> {
  const { record, run } = present(fleet, id);
  const { unfinished } = record;
  if (unfinished?.kind !== 'revert') return;
  if (run !== null && record.generation === unfinished.generation && (await takesItBack(fleet, id, safety, context))) {
    await goOn(fleet, id, safety, unfinished.wasRunning, context);
    return;
  }
  const down = await endProcess(fleet, id, context);
  const config = hardwareOf(safety.config, down.record.config);
  const changed = await commitMachine(fleet, { run: null, record: { ...down.record, config } });
  await fleet.provider.snapshots.loadDisks(providedMachine(changed), safety.tag, context);
  await rest(fleet, id, safety, unfinished.wasRunning, context);
}

/** Whether the process that saved it has its memory again. */
async function takesItBack(
  fleet: FleetContext,
  id: string,
  safety: SnapshotRecord,
  context: WorkContext,
): Promise<boolean> {
  if (!safety.live) return false;
  try {
    await fleet.provider.snapshots.load(providedMachine(present(fleet, id)), safety.tag, context);
    return true;
  } catch (error) {
    fleet.log.write('warn', 'snapshots', 'the process does not take its memory back', { machine: id, error });
    return false;
  }
}

async function goOn(
  fleet: FleetContext,
  id: string,
  safety: SnapshotRecord,
  wasRunning: boolean,
  context: WorkContext,
): Promise<void> {
  const machine = present(fleet, id);
  const { run } = machine;
  const provided = providedMachine(machine);
  // From here on it is as it was. What is left is to let the guest go on, and that is no revert any more.
  const held: MachineRecord = { ...finished(machine.record), state: 'paused' };
  const left: SnapshotRecord = { ...safety, state: 'removing' };
  if (wasRunning) {
    await commitMachine(fleet, { record: { ...held, unfinished: { kind: 'resume' } }, run }, [left]);
    await fleet.provider.resume(provided, context);
  }
  const state = wasRunning ? 'running' : 'paused';
  await commitMachine(fleet, { record: { ...held, state }, run: run === null ? null : { ...run, state } }, [left]);
  await drop(fleet, left, context);
}

/** Its row goes after it has gone from the disks; what cannot be removed now is removed later. */
async function drop(fleet: FleetContext, safety: SnapshotRecord, context: WorkContext): Promise<void> {
  if (!(await takeBackSave(fleet, safety, context))) return;
  await fleet.ledger.commit([snapshotGone(safety.id)]);
  fleet.snapshots.remove(safety.id);
}

/** Disks are as they were and no process is there: it is suspended with the memory it had, if it had any, or stopped. */
async function rest(
  fleet: FleetContext,
  id: string,
  safety: SnapshotRecord,
  wasRunning: boolean,
  context: WorkContext,
): Promise<void> {
  const { record } = present(fleet, id);
  const back: MachineRecord = { ...finished(record), stoppedAt: isoTime(fleet.clock.wallNow()) };
  if (safety.versions === null) {
    const left: SnapshotRecord = { ...safety, state: 'removing' };
    await commitMachine(fleet, { run: null, record: { ...back, wanted: 'stopped', state: 'stopped' } }, [left]);
    await drop(fleet, left, context);
    return;
  }
  const saved = { tag: safety.tag, at: safety.at, versions: safety.versions };
  const asleep: MachineRecord = { ...back, wanted: 'suspended', state: 'suspended', saved };
  await commitMachine(fleet, { run: null, record: asleep }, [], [safety.id]);
  if (!wasRunning) return;
  try {
    const awakened = await wake(fleet, id, context);
    await commitMachine(fleet, { ...awakened, record: finished(awakened.record) });
  } catch (error) {
    const machine = present(fleet, id);
    const text = `'${record.name}' is suspended with the memory it had before: it could not be resumed (${messageOf(error)}).`;
    const since = isoTime(fleet.clock.wallNow());
    await commitMachine(fleet, {
      ...machine,
      record: { ...machine.record, notice: { kind: 'interrupted', severity: 'warning', text, since } },
    });
  }
}
