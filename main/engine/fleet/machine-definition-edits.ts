import type { MachineConfig, MachineNotice } from '../../contract/machine.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { DefinitionReading } from '../ports/machine-definitions.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { configInForce, sameConfig } from './config-in-force.ts';
import { type FleetContext, rowOf } from './fleet-context.ts';
import type { FleetMachine } from './machine-view.ts';

/**
 * `machines/NAME.yaml` is the truth; a broken one leaves the last good configuration in force and is told.
 * A machine that runs takes an edit at its next start.
 */
export async function freshConfig(fleet: FleetContext, id: string): Promise<void> {
  const machine = fleet.registry.get(id);
  if (machine === undefined) return;
  const reading = await fleet.definitions.read(machine.record.name);
  if (reading === null) {
    // The file went away under us: what is known is written back, so that a person can edit it again.
    await fleet.definitions.write({ id, name: machine.record.name, config: machine.record.config });
    return;
  }
  takeReading(fleet, machine, reading);
}

/** The same for all machines, by what was read of them together. */
export async function freshConfigs(fleet: FleetContext, readings: readonly DefinitionReading[]): Promise<void> {
  const byName = new Map(readings.map((reading) => [nameOf(reading), reading]));
  for (const machine of fleet.registry.all()) {
    const reading = byName.get(machine.record.name);
    if (reading === undefined) await freshConfig(fleet, machine.record.id);
    else takeReading(fleet, machine, reading);
  }
}

function nameOf(reading: DefinitionReading): string {
  return reading.kind === 'good' ? reading.definition.name : reading.name;
}

export async function definitionChanged(fleet: FleetContext, name: string): Promise<void> {
  const machine = fleet.registry.all().find(({ record }) => record.name === name);
  if (machine === undefined || fleet.operations.of(machine.record.id) !== undefined) return;
  const reading = await fleet.definitions.read(name);
  if (reading !== null) takeReading(fleet, machine, reading);
}

function takeReading(fleet: FleetContext, machine: FleetMachine, reading: DefinitionReading): void {
  const { record } = machine;
  const now = isoTime(fleet.clock.wallNow());
  const put = (changed: MachineRecord): void => {
    fleet.registry.put({ ...machine, record: changed });
    fleet.ledger.record([rowOf(changed)]);
  };
  const fault = faultOf(record, reading);
  if (fault !== null) {
    if (record.notice?.text === fault || isLoud(record)) return;
    const changed: MachineRecord = {
      ...record,
      notice: { kind: 'definition', severity: 'warning', text: fault, since: now },
    };
    fleet.registry.put({ ...machine, record: changed });
    fleet.ledger.record([rowOf(changed)], {
      action: 'definition.rejected',
      actor: 'engine',
      machine: { id: record.id, name: record.name },
      summary: fault,
    });
    return;
  }
  if (reading.kind === 'broken') return;
  const { config, pending } = configInForce(machine, reading.definition.config);
  const notice = editedNotice(record, pending, now);
  if (!sameConfig(record.config, config) || notice?.text !== record.notice?.text) put({ ...record, config, notice });
}

/** What a machine says of its definition; a failure that a person has not seen to yet keeps its place. */
export function editedNotice(record: MachineRecord, pending: boolean, since: string): MachineNotice | null {
  if (isLoud(record)) return record.notice;
  if (pending) {
    const text = `machines/${record.name}.yaml was edited; it takes effect at the next start.`;
    return { kind: 'edited', severity: 'info', text, since };
  }
  return record.notice?.kind === 'definition' || record.notice?.kind === 'edited' ? null : record.notice;
}

/** What the definition says when that is more than is in force; null when nothing waits. */
export async function pendingConfig(fleet: FleetContext, machine: FleetMachine): Promise<MachineConfig | null> {
  const reading = await fleet.definitions.read(machine.record.name);
  if (reading?.kind !== 'good' || reading.definition.id !== machine.record.id) return null;
  return configInForce(machine, reading.definition.config).pending ? reading.definition.config : null;
}

/** A failure that a person has not seen to yet keeps its place. */
function isLoud(record: MachineRecord): boolean {
  return record.notice?.severity === 'critical';
}

function faultOf(record: MachineRecord, reading: DefinitionReading): string | null {
  if (reading.kind === 'broken') return `${reading.fault.message} The last good version stays in force.`;
  if (reading.definition.id !== record.id) {
    return `machines/${record.name}.yaml carries the id of another machine. The last good version stays in force.`;
  }
  return null;
}
