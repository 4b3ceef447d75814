import type { CallContext } from '../../contract/calls.ts';
import type { ClanImport, ImportedMachine, ImportFault } from '../../contract/clan-import.ts';
import { errorOf, failureOf } from '../../contract/failure.ts';
import type { Happening } from '../journal/ledger.ts';
import type { ClanFolder, ClanMachine } from '../ports/clan-folder.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { createMachine } from './create-machine.ts';
import { type FleetContext, happeningBy, rowOf } from './fleet-context.ts';

/** Fields of a configuration as the other manager's files call them. */
const keys: Readonly<Record<string, string>> = {
  diskPath: 'disk_path',
  diskMib: 'disk_size',
  memoryMib: 'memory',
  qemuArgs: 'qemu_args',
  mac: 'network.mac',
  bridge: 'network.bridge',
  network: 'network.mode',
};

/**
 * Takes in the machines of another manager, one after another: each with its configuration, its image where it lies, its
 * times, and its history as entries of our journal. A name that is there already is left alone, so that a second time
 * changes nothing; one machine that cannot be taken does not keep the others out.
 */
export async function importClan(
  fleet: FleetContext,
  source: ClanFolder,
  folder: string,
  by: CallContext,
): Promise<ClanImport> {
  const { machines, faults: broken } = await source.read(folder);
  const imported: ImportedMachine[] = [];
  const skipped: { readonly name: string; readonly reason: string }[] = [];
  const faults: ImportFault[] = [...broken];
  for (const machine of machines) {
    const there = fleet.registry.all().find(({ record }) => record.name === machine.name);
    if (there !== undefined || fleet.registry.isNameTaken(machine.name)) {
      const isSame = there?.record.config.diskPath === machine.config.diskPath;
      const reason = isSame ? 'It was imported before.' : 'There is a machine of that name already.';
      skipped.push({ name: machine.name, reason });
      continue;
    }
    try {
      imported.push(await take(fleet, machine, folder, by));
    } catch (error) {
      const { message, field } = failureOf(error);
      const key = field === undefined ? null : (keys[field.split('.')[0] ?? ''] ?? field);
      faults.push({ file: machine.file, line: null, field: key, message: `'${machine.name}': ${message}` });
    }
  }
  return { folder, imported, skipped, faults };
}

async function take(
  fleet: FleetContext,
  machine: ClanMachine,
  folder: string,
  by: CallContext,
): Promise<ImportedMachine> {
  const { name, config } = machine;
  const begun = await createMachine(fleet, { ...config, name, start: false }, by);
  const operation = await fleet.operations.wait(begun.id);
  if (operation.state !== 'done') throw errorOf(operation.error ?? { code: 'cancelled', message: 'It was cancelled.' });
  const made = fleet.registry.get(begun.machineId);
  if (made === undefined) throw new Error('It is gone already.');
  const record: MachineRecord = {
    ...made.record,
    createdAt: machine.createdAt ?? made.record.createdAt,
    startedAt: machine.startedAt,
    stoppedAt: machine.stoppedAt,
  };
  const told: readonly Happening[] = machine.history.map(({ at, action, user, details }) =>
    happeningBy(by, record, 'history.imported', `${at}: ${action}${user === null ? '' : ` by ${user}`}.`, {
      importedAt: at,
      importedAction: action,
      importedUser: user,
      importedDetails: details,
    }),
  );
  const summary = `'${name}' was imported from ${folder}; its disk stays where it is.`;
  await fleet.ledger.commit(
    [rowOf(record)],
    happeningBy(by, record, 'machine.imported', summary, { source: machine.file, diskPath: config.diskPath }),
    ...told,
  );
  fleet.registry.put({ ...made, record });
  return { name, id: record.id, diskPath: config.diskPath, historyEntries: told.length };
}
