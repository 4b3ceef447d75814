import type { EventSink } from '../../contract/events.ts';
import type { Health, Machine, MachineProviderKind } from '../../contract/machine.ts';
import type { AzureDesk } from '../azure/azure-desk.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { type Hosts, hostView } from '../hosts/hosts.ts';

/** A machine of whatever kind, as far as who does not care for its kind needs to know it. */
export interface RosterEntry {
  readonly id: string;
  readonly name: string;
  readonly provider: MachineProviderKind;
}

/** Every machine there is: local ones, those of Azure, and those that only answer SSH. */
export interface Roster {
  all(): readonly RosterEntry[];
  /** By id. */
  names(): Readonly<Record<string, string>>;
  nameOf(id: string): string | undefined;
  providerOf(id: string): MachineProviderKind;
  /** By name, id or the beginning of an id; `not-found` tells which there are. */
  resolve(reference: string): { readonly id: string; readonly name: string };
  /** As everybody sees it; `not-found` when it is gone. */
  view(id: string): Machine;
  /** Something about it changed that is no change of its state. */
  announce(id: string): void;
}

export interface RosterPorts {
  readonly fleet: Pick<Fleet, 'announce' | 'machine' | 'machines' | 'resolve' | 'view'>;
  readonly azure: Pick<AzureDesk, 'all' | 'announce' | 'find' | 'get' | 'view'>;
  readonly hosts: Pick<Hosts, 'all' | 'find' | 'get'>;
  readonly events: EventSink;
  healthOf(id: string): Health;
}

export function createRoster({ azure, events, fleet, healthOf, hosts }: RosterPorts): Roster {
  const all = (): readonly RosterEntry[] => [
    ...fleet.machines().map(({ record: { id, name, provider } }) => ({ id, name, provider })),
    ...azure.all().map(({ record }) => ({ id: record.id, name: record.vm.name, provider: 'azure' as const })),
    ...hosts.all().map(({ id, name }) => ({ id, name, provider: 'ssh' as const })),
  ];
  return {
    all,
    names: () => Object.fromEntries(all().map(({ id, name }) => [id, name])),
    nameOf: (id) => hosts.get(id)?.name ?? azure.get(id)?.record.vm.name ?? fleet.machine(id)?.record.name,
    providerOf: (id) =>
      fleet.machine(id)?.record.provider ?? (azure.get(id) === undefined ? ('ssh' as const) : ('azure' as const)),
    resolve: (reference) => {
      const remote = azure.find(reference)?.record;
      if (remote !== undefined) return { id: remote.id, name: remote.vm.name };
      return hosts.find(reference) ?? fleet.resolve(reference).record;
    },
    view: (id) => {
      const remote = azure.get(id);
      if (remote !== undefined) return azure.view(remote);
      const host = hosts.get(id);
      return host === undefined ? fleet.view(fleet.resolve(id)) : hostView(host, healthOf(id));
    },
    announce: (id) => {
      const host = hosts.get(id);
      if (azure.get(id) !== undefined) azure.announce(id);
      else if (host === undefined) fleet.announce(id);
      else events.publish('machine.changed', hostView(host, healthOf(id)));
    },
  };
}
