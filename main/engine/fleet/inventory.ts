import type { InventoryEntry } from '../../contract/inventory.ts';
import type { FleetMachine } from './machine-view.ts';

/** The local machines in the words of inventory files that other programs read. */
export function inventoryOf(machines: readonly FleetMachine[]): readonly InventoryEntry[] {
  return machines
    .filter(({ record }) => record.state !== 'creating')
    .map(({ record: { name, config, createdAt } }) => ({
      name,
      type: 'vm',
      cpus: config.cpus,
      memory: config.memoryMib,
      disk_size: config.diskMib,
      network_mode: config.network ?? 'default',
      created_at: createdAt,
    }));
}
