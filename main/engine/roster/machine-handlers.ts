import type { Handlers } from '../../contract/calls.ts';
import type { EventSink } from '../../contract/events.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Health, Machine, MachineDetail } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import type { AzureDesk } from '../azure/azure-desk.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { nothingLocal } from '../fleet/nothing-local.ts';
import { type Hosts, hostView } from '../hosts/hosts.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { HostRecord } from '../ports/state-store.ts';

/** The calls that speak of machines of every kind: local ones, those of Azure, and those that only answer SSH. */
export type MachineHandlers = Pick<
  Handlers,
  'machine.list' | 'machine.get' | 'machine.delete' | 'host.add' | 'host.remove'
>;

export interface MachineHandlerPorts {
  readonly fleet: Fleet;
  readonly hosts: Hosts;
  readonly azure: Pick<AzureDesk, 'all' | 'view' | 'find' | 'describe' | 'verbs'>;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  healthOf(id: string): Health;
  /** A machine went for good. */
  forget(name: string): Promise<void>;
}

export function createMachineHandlers(ports: MachineHandlerPorts): MachineHandlers {
  const { fleet, hosts, azure, events } = ports;
  const viewOf = (host: HostRecord): Machine => hostView(host, ports.healthOf(host.id));
  const all = (): readonly Machine[] =>
    [...fleet.machines().map(fleet.view), ...azure.all().map(azure.view), ...hosts.all().map(viewOf)].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );

  const detailOf = (host: HostRecord): MachineDetail => ({
    machine: viewOf(host),
    ...nothingLocal,
  });

  const removeHost = async (host: HostRecord, by: Parameters<Handlers['host.remove']>[1]): Promise<void> => {
    await hosts.remove(host, by);
    events.publish('machine.removed', { id: host.id, name: host.name });
    await ports.forget(host.name);
  };

  return {
    'machine.list': ({ state, provider, tag, group }) =>
      all()
        .filter((machine) => state === undefined || machine.state === state)
        .filter((machine) => provider === undefined || machine.provider === provider)
        .filter((machine) => tag === undefined || machine.tags.includes(tag))
        .filter((machine) => group === undefined || machine.group === group),
    'machine.get': ({ machine }) => {
      const remote = azure.find(machine);
      if (remote !== undefined) return azure.describe(remote);
      const host = hosts.find(machine);
      return host === undefined ? fleet.describe(machine) : detailOf(host);
    },
    'machine.delete': async ({ machine, force }, by) => {
      const remote = azure.find(machine);
      if (remote !== undefined) return azure.verbs.remove(remote, force, by);
      const host = hosts.find(machine);
      if (host === undefined) return fleet.remove(machine, force, by);
      await removeHost(host, by);
      return removalOf(host, ports.identifiers.uuid(), isoTime(ports.clock.wallNow()));
    },
    'host.add': async (draft, by) => {
      const host = await hosts.add(draft, by);
      const view = viewOf(host);
      events.publish('machine.changed', view);
      return view;
    },
    'host.remove': async ({ machine }, by) => {
      const host = hosts.find(machine);
      if (host === undefined) {
        const { record } = fleet.resolve(machine);
        throw new VigilError('refused', `'${record.name}' is not an SSH host.`, {
          field: 'machine',
          hint: 'Use `vigil delete`.',
        });
      }
      await removeHost(host, by);
      return null;
    },
  };
}

/** Nothing has to be done on a host that leaves the fleet, so its removal is over as it begins. */
function removalOf(host: HostRecord, id: string, now: string): Operation {
  return {
    id,
    machine: host.name,
    machineId: host.id,
    kind: 'delete',
    state: 'done',
    progress: 1,
    step: null,
    startedAt: now,
    endedAt: now,
    cancellable: false,
    result: {},
  };
}
