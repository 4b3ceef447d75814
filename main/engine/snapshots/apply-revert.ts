import type { MachineConfig } from '../../contract/machine.ts';
import { type FleetContext, providedMachine } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import { present } from '../fleet/start-machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord, SnapshotRecord } from '../ports/state-store.ts';
import { hardwareOf, sameHardware } from './hardware.ts';
import type { RevertPlan } from './revert-plan.ts';
import { letWritesGo, setGuestClock } from './save-state.ts';
import { commitMachine, finished, unstoppable } from './snapshot-rows.ts';

/** A way back that is under way: where to, and what holds how it was. */
export interface Revert {
  readonly target: SnapshotRecord;
  readonly safety: SnapshotRecord;
  readonly plan: RevertPlan;
}

/** The second half, after the present was saved. When it resolves the images hold the target and so does the memory. */
export async function loadTarget(fleet: FleetContext, { plan, target }: Revert, context: WorkContext): Promise<void> {
  const id = target.machineId;
  const last = unstoppable(context);
  const { provider } = fleet;
  if (plan === 'load-in-place') {
    await provider.snapshots.load(providedMachine(present(fleet, id)), target.tag, last);
  } else {
    const down = await endProcess(fleet, id, last);
    const config = hardwareOf(target.config, down.record.config);
    const changed = await commitMachine(fleet, { run: null, record: { ...down.record, config } });
    // The disks first, also for memory: a disk that has grown since is then as large as the memory knows it.
    await provider.snapshots.loadDisks(providedMachine(changed), target.tag, last);
    if (plan === 'start-and-load') await startAndLoad(fleet, target, last);
  }
  await markLoaded(fleet, target);
}

/** The guest goes on, or the machine rests: a row that says so, not yet written. */
export async function finishRevert(
  fleet: FleetContext,
  { plan, target }: Pick<Revert, 'plan' | 'target'>,
  context: WorkContext,
): Promise<FleetMachine> {
  const machine = present(fleet, target.machineId);
  await writeHardware(fleet, machine.record, target.config);
  const record: MachineRecord = { ...finished(machine.record), notice: null };
  if (plan === 'disks-only' || machine.run === null) {
    const stoppedAt = isoTime(fleet.clock.wallNow());
    return { run: null, record: { ...record, wanted: 'stopped', state: 'stopped', runtime: null, stoppedAt } };
  }
  await fleet.provider.resume(providedMachine(machine), unstoppable(context));
  if (target.consistent) await letWritesGo(fleet, target.machineId);
  setGuestClock(fleet, target.machineId);
  return {
    run: { ...machine.run, state: 'running' },
    record: { ...record, wanted: 'running', state: 'running' },
  };
}

/** Ends the machine's process at once, if it has one: its memory is saved or of no use. */
export async function endProcess(fleet: FleetContext, id: string, context: WorkContext): Promise<FleetMachine> {
  const machine = present(fleet, id);
  if (machine.run === null) return machine;
  context.progress(null, 'Ending the process');
  await fleet.provider.stop(providedMachine(machine), { force: true, acpiMs: 0 }, context);
  const record: MachineRecord = {
    ...machine.record,
    state: 'stopped',
    runtime: null,
    stoppedAt: isoTime(fleet.clock.wallNow()),
  };
  return commitMachine(fleet, { run: null, record });
}

async function startAndLoad(fleet: FleetContext, target: SnapshotRecord, context: WorkContext): Promise<void> {
  const { record } = present(fleet, target.machineId);
  let starting: MachineRecord = { ...record, state: 'starting', generation: record.generation + 1, runtime: null };
  await commitMachine(fleet, { record: starting, run: null });
  const run = await fleet.provider.start(providedMachine({ record: starting, run: null }), {
    ...context,
    ...(target.versions === null ? {} : { heldFor: target.versions }),
    spawned: async (runtime) => {
      starting = { ...starting, runtime };
      await commitMachine(fleet, { record: starting, run: null });
    },
  });
  const held: MachineRecord = { ...starting, state: run.state, runtime: run.runtime, startedAt: run.startedAt };
  await commitMachine(fleet, { record: held, run });
  await fleet.provider.snapshots.load(providedMachine({ record: held, run }), target.tag, context);
}

async function markLoaded(fleet: FleetContext, target: SnapshotRecord): Promise<void> {
  const machine = present(fleet, target.machineId);
  const { unfinished } = machine.record;
  if (unfinished?.kind !== 'revert') return;
  await commitMachine(fleet, {
    ...machine,
    record: { ...machine.record, snapshot: target.id, unfinished: { ...unfinished, to: target.id, phase: 'loaded' } },
  });
}

/** The definition follows, but for what a person has changed in it that is none of the machine's insides. */
async function writeHardware(fleet: FleetContext, { id, name }: MachineRecord, then: MachineConfig): Promise<void> {
  const reading = await fleet.definitions.read(name);
  if (reading?.kind !== 'good' || reading.definition.id !== id) return;
  const written = reading.definition.config;
  if (sameHardware(written, then)) return;
  await fleet.definitions.write({ id, name, config: hardwareOf(then, written) });
}
