import type { SortKey } from './sort-machines.ts';

export interface FleetColumn {
  readonly key: string;
  readonly head: string;
  readonly sort: SortKey | null;
  readonly isNumber?: true;
  readonly title?: string;
}

/** Their widths are in fleet.css, one grid for head and rows. */
export const fleetColumns: readonly FleetColumn[] = [
  { key: 'name', head: 'Name', sort: 'name' },
  { key: 'state', head: 'State', sort: 'state' },
  { key: 'health', head: 'Health', sort: 'health' },
  { key: 'cpus', head: 'CPUs', sort: 'cpus', isNumber: true },
  { key: 'memory', head: 'Memory', sort: 'memory', isNumber: true },
  { key: 'disk', head: 'Disk', sort: 'disk', isNumber: true, title: 'Size of the disk as its guest sees it' },
  { key: 'address', head: 'Address', sort: null, title: 'Address, and ports of this computer that lead to the guest' },
  { key: 'uptime', head: 'Up', sort: 'uptime', isNumber: true, title: 'How long this run has lasted' },
  { key: 'provider', head: 'Provider', sort: 'provider' },
  { key: 'tags', head: 'Tags', sort: null },
];
