import type { EventSink } from '../../contract/events.ts';
import { VigilError } from '../../contract/failure.ts';
import type { GuestAddress, Health, Machine } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import type { NotificationDesk } from '../notifications/notification-desk.ts';
import type { Clock } from '../ports/clock.ts';
import { type FleetMachine, machineView } from './machine-view.ts';

/** Every machine there is, in memory. Announces each change; the store is the business of whoever changes it. */
export interface MachineRegistry {
  /** By name. The same list until a machine comes, changes or goes. */
  all(): readonly FleetMachine[];
  get(id: string): FleetMachine | undefined;
  /** The machine a person means. `not-found` or, with the candidates as its hint, `conflict`. */
  resolve(reference: string): FleetMachine;
  isNameTaken(name: string): boolean;
  /** Keeps a name from others before a machine bears it. The result lets go of it. */
  holdName(name: string): () => void;
  /** Rows of an earlier life: nothing about them is news. */
  load(machines: readonly FleetMachine[]): void;
  put(machine: FleetMachine): void;
  remove(id: string): void;
  view(machine: FleetMachine): Machine;
  announce(id: string): void;
}

export interface RegistryPorts {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly desk: NotificationDesk;
  operationOf(machineId: string): Operation | undefined;
  hasSnapshots(machineId: string): boolean;
  /** What the health checks of a machine say. */
  healthOf(machineId: string): Health;
  /** What the agent in its guest says. */
  guestAddresses(machine: FleetMachine): readonly GuestAddress[];
  /** A name that something other than a machine of this registry has. */
  isNameTakenElsewhere(name: string): boolean;
  /** Throws for a reference to something that is no machine of this registry. */
  refuseElsewhere(reference: string): void;
  /** A machine came, changed or went. */
  changed(id: string): void;
}

const shortestIdPrefix = 8;

export function createMachineRegistry(ports: RegistryPorts): MachineRegistry {
  const machines = new Map<string, FleetMachine>();
  /** Asked for far more often than it changes; null when it has to be made anew. */
  let byName: readonly FleetMachine[] | null = null;
  const held = new Set<string>();
  const view = (machine: FleetMachine): Machine =>
    machineView(machine, {
      operation: ports.operationOf(machine.record.id),
      checked: ports.healthOf(machine.record.id),
      wallNowMs: ports.clock.wallNow(),
      hasSnapshots: ports.hasSnapshots(machine.record.id),
      guestAddresses: ports.guestAddresses(machine),
    });
  const announce = (id: string): void => {
    const machine = machines.get(id);
    if (machine !== undefined) ports.events.publish('machine.changed', view(machine));
  };
  const all = (): readonly FleetMachine[] => {
    byName ??= [...machines.values()].sort((a, b) =>
      a.record.name < b.record.name ? -1 : a.record.name > b.record.name ? 1 : 0,
    );
    return byName;
  };
  return {
    all,
    get: (id) => machines.get(id),
    resolve: (reference) => {
      const named = all().filter(
        ({ record: { name, config } }) =>
          name === reference || (config.group !== undefined && `${config.group}/${name}` === reference),
      );
      const exact = named.length > 0 ? named : all().filter((machine) => machine.record.id === reference);
      const found =
        exact.length > 0 || reference.length < shortestIdPrefix
          ? exact
          : all().filter((machine) => machine.record.id.startsWith(reference));
      const [only, ...others] = found;
      if (only === undefined) {
        ports.refuseElsewhere(reference);
        throw new VigilError('not-found', `There is no machine '${reference}'.`, {
          field: 'machine',
          hint: 'See `vigil list`.',
        });
      }
      if (others.length > 0) {
        const candidates = found.map((machine) => `${machine.record.name} (${machine.record.id})`);
        throw new VigilError('conflict', `'${reference}' could mean ${found.length} machines.`, {
          field: 'machine',
          hint: candidates.join(', '),
        });
      }
      return only;
    },
    isNameTaken: (name) =>
      held.has(name) || all().some((machine) => machine.record.name === name) || ports.isNameTakenElsewhere(name),
    holdName: (name) => {
      held.add(name);
      return () => held.delete(name);
    },
    load: (loaded) => {
      byName = null;
      for (const machine of loaded) machines.set(machine.record.id, machine);
    },
    put: (machine) => {
      const before = machines.get(machine.record.id)?.record;
      byName = null;
      machines.set(machine.record.id, machine);
      ports.desk.machineChanged(before, machine.record);
      ports.changed(machine.record.id);
      announce(machine.record.id);
    },
    remove: (id) => {
      const machine = machines.get(id);
      byName = null;
      if (machines.delete(id) && machine !== undefined) {
        ports.desk.machineChanged(machine.record, undefined);
        ports.events.publish('machine.removed', { id, name: machine.record.name });
        ports.changed(id);
      }
    },
    view,
    announce,
  };
}
