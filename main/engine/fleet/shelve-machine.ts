import type { JournalDetails } from '../../contract/journal.ts';
import type { WatchConfig } from '../../contract/lifecycle.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import type { FleetContext } from './fleet-context.ts';

/**
 * What stands under the name of a machine, put aside while it is in the bin and back afterwards. Each step is right also
 * when it has been done already, so that what was cut short is done again from the start.
 */
export async function shelve(fleet: FleetContext, { id, name }: MachineRecord): Promise<void> {
  await fleet.definitions.shelve(id, name);
  await forgetWatch(fleet, { id, name });
}

/** A table in a broken file stays: it is a person's to mend, and the file says so itself. */
export async function forgetWatch(
  fleet: FleetContext,
  { id, name }: Pick<MachineRecord, 'id' | 'name'>,
): Promise<void> {
  try {
    await fleet.watches.forget(name);
  } catch (error) {
    fleet.log.write('warn', 'fleet', 'how a deleted machine was watched stays in the file', { machine: id, error });
  }
}

export async function unshelve(fleet: FleetContext, record: MachineRecord): Promise<void> {
  const { id, name, config, shelvedWatch } = record;
  await fleet.definitions.unshelve(id, name);
  if ((await fleet.definitions.read(name)) === null) await fleet.definitions.write({ id, name, config });
  if (shelvedWatch === undefined || fleet.watches.of(name) !== undefined) return;
  await fleet.watches.restore(name, shelvedWatch);
}

/** The script that is to be told, as part of the entry: neither the table nor anybody's memory of it need outlive that. */
export function toldOfDeletion(watch: WatchConfig | undefined): JournalDetails {
  const hook = watch?.hooks.on_destroy ?? '';
  return hook === '' ? {} : { hook };
}
