import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import { firstDisk, type MachineConfig } from '../../contract/machine.ts';
import { editedConfig, type MachineEdit } from '../../contract/machine-edit.ts';
import type { Operation } from '../../contract/operation.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { OperationEnd } from '../operations/operations.ts';
import type { WorkContext } from '../ports/machine-provider.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { configInForce, sameConfig } from './config-in-force.ts';
import { examineConfig } from './examine-draft.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, refuseFaults, rowOf } from './fleet-context.ts';
import { editedNotice } from './machine-definition-edits.ts';
import type { FleetMachine } from './machine-view.ts';
import { present } from './start-machine.ts';

/**
 * Changes the definition of a machine; a person's comments stay. One that runs takes its hardware at the next start, and
 * the result says that this is pending. What this computer would refuse at that start is refused now.
 */
export async function editMachine(
  fleet: FleetContext,
  reference: string,
  edit: MachineEdit,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  const turn = fleet.operations.turn(id);
  await refuseShrink(fleet, found, edit);
  const next = editedConfig(await writtenConfig(fleet, id), edit);
  refuseFaults(await examineConfig(fleet, next, id));
  return fleet.operations.begin({
    kind: 'edit',
    machine: { id, name },
    turn,
    work: async (context) => {
      // Read again: the file may have been edited by hand in between.
      const before = await writtenConfig(fleet, id);
      const written = editedConfig(before, edit);
      await fleet.definitions.write({ id, name, config: written });
      try {
        await growFirstDisk(fleet, id, written, edit, context);
      } catch (error) {
        await fleet.definitions.write({ id, name, config: before });
        throw error;
      }
      return editEnd(fleet, id, by, written, Object.keys(edit));
    },
    failed: (error) => {
      const text = `'${name}' could not be changed: ${messageOf(error)}`;
      return {
        changes: [],
        happenings: [happeningBy(by, found.record, 'machine.verb-failed', text, { verb: 'edit' })],
      };
    },
  });
}

/** At once where nobody uses the disk; cut short, the next start of the machine does it. */
async function growFirstDisk(
  fleet: FleetContext,
  id: string,
  config: MachineConfig,
  { diskMib }: MachineEdit,
  context: WorkContext,
): Promise<void> {
  const machine = present(fleet, id);
  if (diskMib === undefined || machine.run !== null || machine.record.saved !== undefined) return;
  const grown = providedMachine({ ...machine, record: { ...machine.record, config } });
  await fleet.provider.disks.grow(grown, firstDisk, diskMib, context);
}

/** What lies at the end of a disk would be lost. */
async function refuseShrink(fleet: FleetContext, machine: FleetMachine, { diskMib }: MachineEdit): Promise<void> {
  if (diskMib === undefined) return;
  const { name, config } = machine.record;
  const disks = await fleet.provider.disks.list(providedMachine(machine));
  const presentMib = disks.find((disk) => disk.name === firstDisk)?.virtualMib ?? config.diskMib;
  if (diskMib >= presentMib) return;
  throw new VigilError('bad-input', `The disk of '${name}' has ${presentMib} MiB; it can only be made larger.`, {
    field: 'diskMib',
    hint: 'What lies at its end would be lost: copy the data to a new, smaller disk instead.',
  });
}

/** Gives a machine a tag or takes it away; right also when it is so already. */
export async function tagMachine(
  fleet: FleetContext,
  reference: string,
  change: { readonly tag: string; readonly action: 'add' | 'remove' },
  by: CallContext,
): Promise<Operation> {
  const { id, name } = fleet.registry.resolve(reference).record;
  const { tags } = await writtenConfig(fleet, id);
  const others = tags.filter((tag) => tag !== change.tag);
  const next = change.action === 'add' ? [...others, change.tag] : others;
  if (next.length === tags.length) return fleet.operations.already({ kind: 'edit', machine: { id, name } }, {});
  return editMachine(fleet, id, { tags: next }, by);
}

/** What the definition says, as a person may have edited it. Throws `refused` for one that nobody can read. */
export async function writtenConfig(fleet: FleetContext, id: string): Promise<MachineConfig> {
  const { record } = present(fleet, id);
  const reading = await fleet.definitions.read(record.name);
  if (reading === null) return record.config;
  if (reading.kind === 'good' && reading.definition.id === id) return reading.definition.config;
  const fault =
    reading.kind === 'broken'
      ? reading.fault.message
      : `machines/${record.name}.yaml carries the id of another machine.`;
  throw new VigilError('refused', fault, { hint: 'Mend the definition first; nothing was changed.' });
}

function editEnd(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  written: MachineConfig,
  fields: readonly string[],
): OperationEnd {
  const machine = present(fleet, id);
  const { config, pending } = configInForce(machine, written);
  const record: MachineRecord = {
    ...machine.record,
    config,
    notice: editedNotice(machine.record, pending, isoTime(fleet.clock.wallNow())),
  };
  const waits = pending ? '; it takes effect at the next start' : '';
  return {
    result: { pending },
    changes:
      sameConfig(config, machine.record.config) && record.notice === machine.record.notice ? [] : [rowOf(record)],
    happenings: [
      happeningBy(by, record, 'machine.edited', `'${record.name}' was changed (${fields.join(', ')})${waits}.`, {
        ...Object.fromEntries(fields.map((field) => [field, valueWord(written, field)])),
        pending,
      }),
    ],
    settle: () => fleet.registry.put({ ...machine, record }),
  };
}

/** A value of the configuration as the journal keeps it. */
function valueWord(config: MachineConfig, field: string): string | number | null {
  const value: unknown = Object.entries(config).find(([key]) => key === field)?.[1];
  if (value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
