import type { Operation } from '../../contract/operation.ts';
import { operationWords } from '../../contract/operation-words.ts';
import type { Happening } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { DefinitionReading } from '../ports/machine-definitions.ts';
import type { Finding, MachineRun, Stray } from '../ports/machine-provider.ts';
import type { MachineRecord, StoredState } from '../ports/state-store.ts';
import { forgetSnapshots, removalOf, removalsOf } from './delete-machine.ts';
import { type FleetContext, providedMachine, rowOf } from './fleet-context.ts';
import { closeInterrupted, interruptionNotice, isAchieved, leavesProcessAlone } from './interrupted-operation.ts';
import { applyEnd } from './machine-reports.ts';
import type { FleetMachine } from './machine-view.ts';
import { reconcileBin } from './reconcile-bin.ts';
import { finishRename } from './rename-machine.ts';
import { forgetWatch, toldOfDeletion } from './shelve-machine.ts';
import { finishUndelete } from './undelete-machine.ts';

/**
 * What the last life of the engine left, compared with what is there. Nothing is signalled and nothing is started:
 * living machines are taken up, dead ones are marked, what cannot be identified is left alone and said. `definitions`: what
 * all of them said a moment ago. Resolves with the definitions as they are, read anew only where a file may have been moved.
 */
export async function reconcileFleet(
  fleet: FleetContext,
  stored: StoredState,
  definitions: readonly DefinitionReading[],
): Promise<readonly DefinitionReading[]> {
  const interrupted = stored.operations.filter((operation) => operation.state === 'running');
  const binned = stored.machines.filter(({ deletedAt }) => deletedAt !== undefined);
  await reconcileBin(fleet, binned, interrupted);
  const kept = stored.machines.filter(({ deletedAt }) => deletedAt === undefined);
  const known = await Promise.all(kept.map((record) => finishMove(fleet, record, cutOf(interrupted, record))));
  const isAsRead = binned.length + interrupted.length === 0 && known.every((record, index) => record === kept[index]);
  const readings = isAsRead ? definitions : await fleet.definitions.readAll();
  const records = [...known, ...unrecordedMachines(fleet, readings, known, binned)];
  fleet.registry.load(records.map((record) => ({ record, run: null })));
  const { findings, strays } = await fleet.provider.reconcile(
    records.map((record) => providedMachine({ record, run: null })),
  );
  for (const record of records) {
    const finding = findings.get(record.id) ?? { kind: 'gone', end: null };
    const cut = cutOf(interrupted, record);
    try {
      await settle(fleet, record, finding, cut);
    } catch (error) {
      fleet.log.write('error', 'fleet', 'a machine could not be reconciled', { machine: record.id, error });
    }
  }
  for (const operation of interrupted) {
    if (![...records, ...binned].some((record) => record.id === operation.machineId))
      fleet.ledger.record([closeInterrupted(fleet, operation, null)]);
  }
  sayStrays(fleet, strays);
  return readings;
}

/** Looks again at what could not be identified; returns whether any is left. */
export async function lookAgain(fleet: FleetContext): Promise<void> {
  const unknown = fleet.registry.all().filter(({ record }) => record.state === 'unknown');
  if (unknown.length === 0) return;
  const { findings } = await fleet.provider.reconcile(unknown.map(providedMachine));
  for (const machine of unknown) {
    const finding = findings.get(machine.record.id);
    if (finding !== undefined && finding.kind !== 'unidentified')
      await settle(fleet, machine.record, finding, undefined);
  }
}

/** Definitions that a lost or older database does not know: the files outlive it. */
function unrecordedMachines(
  fleet: FleetContext,
  readings: readonly DefinitionReading[],
  known: readonly MachineRecord[],
  binned: readonly MachineRecord[],
): readonly MachineRecord[] {
  const names = new Set(known.map(({ name }) => name));
  const ids = new Set([...known, ...binned].map(({ id }) => id));
  const found: MachineRecord[] = [];
  for (const reading of readings) {
    if (reading.kind === 'broken') {
      if (!names.has(reading.name)) fleet.notices.raise(`definition ${reading.name}`, 'warning', reading.fault.message);
      continue;
    }
    const { id, name, config } = reading.definition;
    if (ids.has(id) || names.has(name)) continue;
    const record: MachineRecord = {
      id,
      name,
      provider: fleet.provider.kind,
      config,
      wanted: 'stopped',
      state: 'stopped',
      generation: 0,
      runtime: null,
      notice: null,
      createdAt: isoTime(fleet.clock.wallNow()),
      startedAt: null,
      stoppedAt: null,
    };
    found.push(record);
    fleet.ledger.record([rowOf(record)], {
      action: 'machine.adopted',
      actor: 'engine',
      machine: { id, name },
      summary: `'${name}' was found by its definition and taken into the fleet.`,
      details: { definition: reading.path },
    });
  }
  return found;
}

function cutOf(interrupted: readonly Operation[], { id }: MachineRecord): Operation | undefined {
  return interrupted.find(({ machineId }) => machineId === id);
}

/** What stands under the name of a machine, where it was on the move when the engine ended. */
async function finishMove(
  fleet: FleetContext,
  record: MachineRecord,
  cut: Operation | undefined,
): Promise<MachineRecord> {
  const renamed = await finishRename(fleet, record);
  const moved = cut?.kind === 'undelete' ? await finishUndelete(fleet, renamed) : renamed;
  if (moved !== record) fleet.ledger.record([rowOf(moved)]);
  return moved;
}

async function settle(
  fleet: FleetContext,
  record: MachineRecord,
  finding: Finding,
  cut: Operation | undefined,
): Promise<void> {
  if (cut?.kind === 'rename' || cut?.kind === 'undelete') {
    sayFinished(fleet, record, cut);
    return settle(fleet, record, finding, undefined);
  }
  // A clone is made under the operation of its source.
  if (record.state === 'creating') return takeBackCreate(fleet, record, cut);
  if (cut?.kind === 'delete' && finding.kind === 'gone') return finishDelete(fleet, record, cut);
  // One that lives on has its table where tables stand.
  const { shelvedWatch: _, ...living } = record;
  switch (finding.kind) {
    case 'running':
      return adopt(fleet, living, finding.run, cut);
    case 'unidentified':
      return quarantine(fleet, living, finding.pid, finding.reason, cut);
    case 'gone':
      return markGone(fleet, living, finding, cut);
  }
}

/** Its files have been moved by now. */
function sayFinished(fleet: FleetContext, record: MachineRecord, cut: Operation): void {
  const isRename = cut.kind === 'rename';
  fleet.ledger.record([closeInterrupted(fleet, cut, 'done')], {
    action: isRename ? 'machine.renamed' : 'machine.undeleted',
    actor: 'engine',
    machine: { id: record.id, name: cut.machine },
    summary: isRename
      ? `'${cut.machine}' is called '${record.name}' now; that was cut short when Vigil ended, and is finished.`
      : `'${record.name}' was brought back; that was cut short when Vigil ended, and is finished.`,
  });
}

async function takeBackCreate(fleet: FleetContext, record: MachineRecord, cut: Operation | undefined): Promise<void> {
  await fleet.definitions.remove(record.name);
  await fleet.provider.remove(providedMachine({ record, run: null }));
  fleet.registry.remove(record.id);
  const closed = cut === undefined ? [] : [closeInterrupted(fleet, cut, null)];
  fleet.ledger.record([removalOf(record.id), ...closed], {
    action: 'operation.interrupted',
    actor: 'engine',
    machine: { id: record.id, name: record.name },
    summary: `Vigil ended while '${record.name}' was being created; what there was of it has been removed.`,
    details: { operation: cut?.kind ?? 'clone' },
  });
}

async function finishDelete(fleet: FleetContext, record: MachineRecord, cut: Operation): Promise<void> {
  await fleet.provider.remove(providedMachine({ record: { ...record, runtime: null }, run: null }));
  await fleet.definitions.remove(record.name);
  const watch = fleet.watches.of(record.name) ?? record.shelvedWatch;
  await forgetWatch(fleet, record);
  fleet.registry.remove(record.id);
  fleet.ledger.record([...removalsOf(fleet, record.id), closeInterrupted(fleet, cut, 'done')], {
    action: 'machine.deleted',
    actor: 'engine',
    machine: { id: record.id, name: record.name },
    summary: `The deletion of '${record.name}', cut short when Vigil ended, was finished.`,
    details: toldOfDeletion(watch),
  });
  forgetSnapshots(fleet, record.id);
}

function adopt(fleet: FleetContext, record: MachineRecord, run: MachineRun, cut: Operation | undefined): void {
  const now = isoTime(fleet.clock.wallNow());
  const notice = cut === undefined ? null : interruptionNotice(record, cut, run, now);
  const wasFailed = record.state === 'failed' && run.state === 'paused';
  const adopted: MachineRecord = {
    ...record,
    state: wasFailed ? 'failed' : run.state,
    runtime: run.runtime,
    startedAt: run.startedAt,
    notice: wasFailed ? record.notice : notice,
  };
  fleet.registry.put({ record: adopted, run });
  fleet.ledger.record(
    [
      rowOf(adopted),
      ...(cut === undefined ? [] : [closeInterrupted(fleet, cut, isAchieved(cut, run) ? 'done' : null, run.pid)]),
    ],
    {
      action: 'machine.adopted',
      actor: 'engine',
      machine: { id: record.id, name: record.name },
      summary: `'${record.name}' ran on while Vigil was away and is watched again.`,
      details: { pid: run.pid, ...(cut === undefined ? {} : { interrupted: cut.kind }) },
    },
  );
}

function quarantine(
  fleet: FleetContext,
  record: MachineRecord,
  pid: number,
  reason: string,
  cut: Operation | undefined,
): void {
  const now = isoTime(fleet.clock.wallNow());
  const text = `Process ${pid} may be '${record.name}' but does not prove it (${reason}); it is left alone.`;
  const unknown: MachineRecord = {
    ...record,
    state: 'unknown',
    notice: { kind: 'unidentified', severity: 'warning', text, since: now },
  };
  fleet.registry.put({ record: unknown, run: null });
  const happenings: Happening[] =
    record.state === 'unknown' && record.notice?.text === text
      ? []
      : [
          {
            action: 'machine.quarantined',
            actor: 'engine',
            machine: { id: record.id, name: record.name },
            summary: text,
            details: { pid },
          },
        ];
  fleet.ledger.record(
    [rowOf(unknown), ...(cut === undefined ? [] : [closeInterrupted(fleet, cut, null)])],
    ...happenings,
  );
}

function markGone(
  fleet: FleetContext,
  record: MachineRecord,
  finding: Finding & { kind: 'gone' },
  cut: Operation | undefined,
): void {
  if (cut !== undefined && !leavesProcessAlone(cut)) {
    markCut(fleet, record, cut);
    return;
  }
  if (cut !== undefined) {
    fleet.ledger.record([closeInterrupted(fleet, cut, null)], {
      action: 'operation.interrupted',
      actor: 'engine',
      machine: { id: record.id, name: record.name },
      summary: `Vigil ended during the ${operationWords[cut.kind].noun} of '${record.name}'.`,
      details: { operation: cut.kind },
    });
  }
  const wasUp = record.runtime !== null || record.state === 'running' || record.state === 'paused';
  if (!wasUp) {
    const settled: MachineRecord = ['stopped', 'failed', 'suspended'].includes(record.state)
      ? record
      : { ...record, state: 'stopped', runtime: null, notice: null };
    fleet.registry.put({ record: settled, run: null });
    if (settled !== record) fleet.ledger.record([rowOf(settled)]);
    return;
  }
  const machine: FleetMachine = { record, run: null };
  applyEnd(
    fleet,
    machine,
    finding.end ?? { kind: 'killed', summary: 'it was gone when Vigil came back', consoleTail: '', events: '[]' },
  );
}

/** A verb was under way when the engine ended, and the process is gone. */
function markCut(fleet: FleetContext, record: MachineRecord, cut: Operation): void {
  const now = isoTime(fleet.clock.wallNow());
  const stopDone = cut.kind === 'stop';
  const text = stopDone
    ? `'${record.name}' stopped while Vigil was away.`
    : `Vigil ended during the ${operationWords[cut.kind].noun} of '${record.name}', which is not running now.`;
  const stopped: MachineRecord = {
    ...record,
    state: 'stopped',
    // A person asks again; what was healing goes on being wanted.
    wanted: cut.kind === 'start' && cut.healing !== true ? 'stopped' : record.wanted,
    runtime: null,
    stoppedAt: now,
    notice: stopDone ? null : { kind: 'interrupted', severity: 'warning', text, since: now },
  };
  fleet.registry.put({ record: stopped, run: null });
  fleet.ledger.record([rowOf(stopped), closeInterrupted(fleet, cut, stopDone ? 'done' : null)], {
    action: stopDone ? 'machine.stopped' : 'operation.interrupted',
    actor: 'engine',
    machine: { id: record.id, name: record.name },
    summary: text,
    details: { operation: cut.kind },
  });
}

function sayStrays(fleet: FleetContext, strays: readonly Stray[]): void {
  for (const stray of strays) {
    fleet.notices.raise(
      `stray ${stray.pid}`,
      'warning',
      `Process ${stray.pid} runs a machine of this data home ('${stray.name}') that Vigil does not know; it is left alone.`,
      `End it with: kill ${stray.pid}`,
    );
    fleet.log.write('warn', 'fleet', `stray machine process ${stray.pid}`, { machine: stray.id });
  }
}
