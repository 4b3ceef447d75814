/** One local machine in the words of inventory files that other programs read. Sizes in MiB. */
export interface InventoryEntry {
  readonly name: string;
  readonly type: 'vm';
  readonly cpus: number;
  readonly memory: number;
  readonly disk_size: number;
  readonly network_mode: 'default' | 'bridge' | 'nat';
  /** ISO 8601 UTC. */
  readonly created_at: string;
}
