import type { JournalEntry } from '../../contract/journal.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { MachineEnd, MachineReport } from '../ports/machine-provider.ts';
import type { MachineRecord, StateChange } from '../ports/state-store.ts';
import { decideEnd } from './decide-end.ts';
import { type FleetContext, rowOf } from './fleet-context.ts';
import type { FleetMachine } from './machine-view.ts';

/**
 * News from a provider, applied. Invariants:
 * 1. A report about another generation than the present one changes nothing.
 * 2. While an operation of the machine is under way its reports wait; afterwards only what still holds is applied.
 * 3. Until the fleet is reconciled every report waits: the machine it speaks of may not have been taken up yet.
 */
export interface MachineReports {
  take(report: MachineReport): void;
  /** After an operation of this machine ended. */
  resume(machineId: string): void;
  /** The fleet is reconciled. */
  open(): void;
}

export function createMachineReports(fleet: FleetContext): MachineReports {
  const waiting = new Map<string, MachineReport[]>();
  let reconciled = false;
  const apply = (report: MachineReport): void => {
    const machine = fleet.registry.get(report.id);
    if (machine === undefined || machine.record.generation !== report.generation || machine.run === null) return;
    switch (report.kind) {
      case 'ended':
        applyEnd(fleet, machine, report.end);
        return;
      case 'panicked':
      case 'watchdog':
        applyHeld(fleet, machine, report.end);
        return;
      case 'paused':
      case 'resumed':
        applyPause(fleet, machine, report.kind);
        return;
    }
  };
  const resume = (machineId: string): void => {
    const reports = waiting.get(machineId) ?? [];
    waiting.delete(machineId);
    for (const report of onlyLastPause(reports)) apply(report);
  };
  return {
    take: (report) => {
      if (reconciled && fleet.operations.of(report.id) === undefined) apply(report);
      else waiting.set(report.id, [...(waiting.get(report.id) ?? []), report]);
    },
    resume,
    open: () => {
      reconciled = true;
      for (const machineId of [...waiting.keys()]) resume(machineId);
    },
  };
}

/** A guest that was held for a moment and goes on was not paused: of such words only the last one still holds. */
function onlyLastPause(reports: readonly MachineReport[]): readonly MachineReport[] {
  const isPause = ({ kind }: MachineReport): boolean => kind === 'paused' || kind === 'resumed';
  const last = reports.findLastIndex(isPause);
  return reports.filter((report, index) => !isPause(report) || index === last);
}

/** The process is gone and nobody asked Vigil for it. */
export function applyEnd(fleet: FleetContext, machine: FleetMachine, end: MachineEnd): JournalEntry | undefined {
  const now = isoTime(fleet.clock.wallNow());
  const decision = decideEnd(machine.record.name, machine.record.wanted, end);
  const record: MachineRecord = {
    ...machine.record,
    state: decision.state,
    wanted: decision.wanted,
    runtime: null,
    stoppedAt: now,
    notice: decision.notice === null ? null : { ...decision.notice, since: now },
  };
  fleet.registry.put({ record, run: null });
  const [entry] = fleet.ledger.record(
    [rowOf(record), ...(decision.unexpected ? [crashOf(fleet, record, end, now)] : [])],
    {
      action: decision.action,
      actor: 'engine',
      machine: { id: record.id, name: record.name },
      summary: decision.notice?.text ?? `'${record.name}' shut itself down.`,
      details: { end: end.kind, unexpected: decision.unexpected },
    },
  );
  return entry;
}

/** The guest is lost but its process is held, so that the evidence survives. */
function applyHeld(fleet: FleetContext, machine: FleetMachine, end: MachineEnd): void {
  // A machine that is taken up again while it is held says so again.
  if (machine.record.state === 'failed' && machine.record.notice?.kind === 'held') return;
  const now = isoTime(fleet.clock.wallNow());
  const decision = decideEnd(machine.record.name, machine.record.wanted, end);
  const record: MachineRecord = {
    ...machine.record,
    state: decision.state,
    notice: decision.notice === null ? null : { ...decision.notice, since: now },
  };
  fleet.registry.put({ record, run: machine.run });
  fleet.ledger.record([rowOf(record), crashOf(fleet, record, end, now)], {
    action: decision.action,
    actor: 'engine',
    machine: { id: record.id, name: record.name },
    summary: decision.notice?.text ?? end.summary,
    details: { end: end.kind, unexpected: true },
  });
}

function applyPause(fleet: FleetContext, machine: FleetMachine, kind: 'paused' | 'resumed'): void {
  const { record, run } = machine;
  const state = kind === 'paused' ? 'paused' : 'running';
  // A panicked guest is paused by QEMU as well; that it failed is the news that stays.
  if (run === null || record.state === state || record.state === 'failed') return;
  const changed: MachineRecord = { ...record, state };
  fleet.registry.put({ record: changed, run: { ...run, state } });
  fleet.ledger.record([rowOf(changed)], {
    action: kind === 'paused' ? 'machine.paused' : 'machine.resumed',
    actor: 'engine',
    machine: { id: record.id, name: record.name },
    summary: kind === 'paused' ? `'${record.name}' was paused from outside.` : `'${record.name}' goes on.`,
  });
}

function crashOf(fleet: FleetContext, record: MachineRecord, end: MachineEnd, at: string): StateChange {
  return {
    kind: 'crash-put',
    crash: {
      id: fleet.identifiers.uuid(),
      machineId: record.id,
      at,
      kind: end.kind,
      summary: end.summary,
      consoleTail: end.consoleTail,
      events: end.events,
    },
  };
}
