import { type FleetContext, messageOf, providedMachine } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord, SnapshotRecord } from '../ports/state-store.ts';
import { endProcess } from './apply-revert.ts';
import { hardwareOf } from './hardware.ts';
import { wake } from './resume-suspended.ts';
import { commitMachine, finished } from './snapshot-rows.ts';

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
  if (run !== null && record.generation === unfinished.generation && safety.live) {
    try {
      await loadInPlace(fleet, id, safety, unfinished.wasRunning, context);
      return;
    } catch (error) {
      fleet.log.write('warn', 'snapshots', 'the process does not take its memory back', { machine: id, error });
    }
  }
  const down = await endProcess(fleet, id, context);
  const config = hardwareOf(safety.config, down.record.config);
  const changed = await commitMachine(fleet, { run: null, record: { ...down.record, config } });
  await fleet.provider.snapshots.loadDisks(providedMachine(changed), safety.tag, context);
  await rest(fleet, id, safety, unfinished.wasRunning, context);
}

async function loadInPlace(
  fleet: FleetContext,
  id: string,
  safety: SnapshotRecord,
  wasRunning: boolean,
  context: WorkContext,
): Promise<void> {
  const machine = present(fleet, id);
  const provided = providedMachine(machine);
  await fleet.provider.snapshots.load(provided, safety.tag, context);
  await fleet.provider.snapshots.remove(provided, safety.tag, context);
  if (wasRunning) await fleet.provider.resume(provided, context);
  const state = wasRunning ? 'running' : 'paused';
  await commitMachine(
    fleet,
    {
      record: { ...finished(machine.record), state },
      run: machine.run === null ? null : { ...machine.run, state },
    },
    [],
    [safety.id],
  );
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
    await fleet.provider.snapshots.remove(providedMachine({ record: back, run: null }), safety.tag, context);
    await commitMachine(
      fleet,
      { run: null, record: { ...back, wanted: 'stopped', state: 'stopped' } },
      [],
      [safety.id],
    );
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
