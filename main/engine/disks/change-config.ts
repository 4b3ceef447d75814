import type { MachineConfig } from '../../contract/machine.ts';
import { writtenConfig } from '../fleet/edit-machine.ts';
import { type FleetContext, rowOf } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import type { MachineRecord } from '../ports/state-store.ts';

export type ConfigChange = (config: MachineConfig) => MachineConfig;

/**
 * Changes the configuration in force and the definition alike. What a person has edited in the file since, and what takes
 * effect at the next start only, stays. Throws `refused` for a definition that cannot be read, which nobody may overwrite.
 */
export async function changeConfig(fleet: FleetContext, id: string, change: ConfigChange): Promise<void> {
  const { name } = present(fleet, id).record;
  await fleet.definitions.write({ id, name, config: change(await writtenConfig(fleet, id)) });
  const machine = present(fleet, id);
  const record: MachineRecord = { ...machine.record, config: change(machine.record.config) };
  await fleet.ledger.commit([rowOf(record)]);
  fleet.registry.put({ ...machine, record });
}
