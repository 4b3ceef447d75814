import type { SortKey } from './sort-machines.ts';

export interface FleetColumn {
  readonly key: string;
  readonly head: string;
  readonly sort: SortKey | null;
  readonly isNumber?: true;
  readonly title?: string;
}

/** Their widths, and which of them give way in a narrow window, are in fleet.css: one grid for head and rows. */
export const fleetColumns: readonly FleetColumn[] = [
  { key: 'name', head: 'Name', sort: 'name' },
  { key: 'state', head: 'State', sort: 'state' },
  { key: 'health', head: 'Health', sort: 'health' },
  { key: 'cpu', head: 'CPU %', sort: 'cpu', isNumber: true },
  { key: 'memory', head: 'Memory %', sort: 'memory', isNumber: true },
  { key: 'disk', head: 'Disk %', sort: 'disk', isNumber: true, title: 'How full the file systems of the guest are' },
  { key: 'disk-rate', head: 'Disk r / w', sort: null, isNumber: true, title: 'Read and written, MB/s' },
  { key: 'network', head: 'Net in / out', sort: null, isNumber: true, title: 'Received and sent, MB/s' },
  { key: 'age', head: 'Age', sort: null, isNumber: true, title: 'How old the reading is' },
  { key: 'uptime', head: 'Up', sort: 'uptime', isNumber: true, title: 'How long this run has lasted' },
  {
    key: 'host',
    head: 'Host',
    sort: 'host',
    isNumber: true,
    title: 'How many CPUs of this computer its process keeps busy',
  },
  { key: 'address', head: 'Address', sort: null, title: 'Address, and ports of this computer that lead to the guest' },
  { key: 'provider', head: 'Provider', sort: 'provider' },
  { key: 'tags', head: 'Tags', sort: null },
];
