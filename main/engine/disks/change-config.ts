import { VigilError } from '../../contract/failure.ts';
import type { MachineConfig } from '../../contract/machine.ts';
import { type FleetContext, rowOf } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import type { MachineRecord } from '../ports/state-store.ts';

export type ConfigChange = (config: MachineConfig) => MachineConfig;

/**
 * Changes the configuration in force and the definition alike. What a person has edited in the file since, and what takes
 * effect at the next start only, stays. Throws `conflict` for a definition that cannot be read, which nobody may overwrite.
 */
export async function changeConfig(fleet: FleetContext, id: string, change: ConfigChange): Promise<void> {
  const { name, config } = present(fleet, id).record;
  await fleet.definitions.write({ id, name, config: change(await writtenConfig(fleet, id, name, config)) });
  const machine = present(fleet, id);
  const record: MachineRecord = { ...machine.record, config: change(machine.record.config) };
  await fleet.ledger.commit([rowOf(record)]);
  fleet.registry.put({ ...machine, record });
}

async function writtenConfig(
  fleet: FleetContext,
  id: string,
  name: string,
  known: MachineConfig,
): Promise<MachineConfig> {
  const reading = await fleet.definitions.read(name);
  if (reading === null) return known;
  const hint = 'Mend the definition first.';
  if (reading.kind === 'broken') throw new VigilError('conflict', reading.fault.message, { hint });
  if (reading.definition.id !== id) {
    throw new VigilError('conflict', `machines/${name}.yaml carries the id of another machine.`, { hint });
  }
  return reading.definition.config;
}
