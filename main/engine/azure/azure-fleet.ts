import type { AzureCost } from '../../contract/azure-cost.ts';
import type { EventSink } from '../../contract/events.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Health, Machine } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import type { AzureVm } from '../ports/azure.ts';
import type { AzureMachineRecord } from '../ports/azure-records.ts';
import type { Clock } from '../ports/clock.ts';
import { type AzureMachine, azureView } from './azure-view.ts';

/** The machines of Azure in memory. Announces each change; the store is the business of whoever changes them. */
export interface AzureFleet {
  /** By name. The same list until a machine comes, changes or goes. */
  all(): readonly AzureMachine[];
  get(id: string): AzureMachine | undefined;
  /**
   * By name, `group/name`, id or the first 8 or more characters of it; names in whichever case, as Azure takes them.
   * Undefined when none is meant; throws `conflict` with the candidates when several are.
   */
  find(reference: string): AzureMachine | undefined;
  isNameTaken(name: string): boolean;
  put(machine: AzureMachine): void;
  /** Nothing of it is other than it was, but for when it was looked at: nobody is told. */
  refresh(machine: AzureMachine): void;
  remove(id: string): void;
  view(machine: AzureMachine): Machine;
  /** Tells listeners how it is now. */
  announce(id: string): void;
  /** Tells listeners of those that look different by the passing of time alone. */
  announceAged(): void;
}

export interface AzureFleetPorts {
  readonly clock: Clock;
  readonly events: EventSink;
  operationOf(id: string): Operation | undefined;
  healthOf(id: string): Health;
  /** Where it is reached; null when that is not known. */
  addressOf(vm: AzureVm): string | null;
  /** A machine of another kind has this name. */
  isNameTakenElsewhere(name: string): boolean;
  /** A state that is older says nothing about now. */
  staleMs(): number;
  /** What its readings advise; null when nothing. */
  idleOf(id: string): string | null;
  /** What it cost this month; null when that is not known. */
  costOf(vm: AzureVm): AzureCost | null;
  /** A machine came, changed or went. */
  changed(id: string): void;
}

const shortestIdPrefix = 8;

export function createAzureFleet(ports: AzureFleetPorts, stored: readonly AzureMachineRecord[]): AzureFleet {
  const machines = new Map<string, AzureMachine>(
    stored.map((record) => [record.id, { record, observedAt: null, trouble: null, denied: [] }]),
  );
  let byName: readonly AzureMachine[] | null = null;
  /** The state that listeners heard last. */
  const told = new Map<string, string>();
  const all = (): readonly AzureMachine[] => {
    byName ??= [...machines.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
    return byName;
  };
  const view = (machine: AzureMachine): Machine =>
    azureView(machine, {
      operation: ports.operationOf(machine.record.id),
      checked: ports.healthOf(machine.record.id),
      wallNowMs: ports.clock.wallNow(),
      staleMs: ports.staleMs(),
      idle: ports.idleOf(machine.record.id),
      cost: ports.costOf(machine.record.vm),
      address: ports.addressOf(machine.record.vm),
    });
  const announce = (id: string): void => {
    const machine = machines.get(id);
    if (machine === undefined) return;
    const shown = view(machine);
    told.set(id, shown.state);
    ports.events.publish('machine.changed', shown);
  };
  const find = (reference: string): AzureMachine | undefined => {
    const wanted = reference.toLowerCase();
    const named = all().filter(({ record: { vm } }) => vm.name.toLowerCase() === wanted);
    if (named.length > 0 && ports.isNameTakenElsewhere(reference)) {
      throw ambiguous(reference, named, 'a machine that is none of Azure');
    }
    const placed =
      named.length > 0
        ? named
        : all().filter(({ record: { vm } }) => `${vm.group}/${vm.name}`.toLowerCase() === wanted);
    const exact = placed.length > 0 ? placed : all().filter(({ record }) => record.id === reference);
    const found =
      exact.length > 0 || reference.length < shortestIdPrefix
        ? exact
        : all().filter(({ record }) => record.id.startsWith(reference));
    if (found.length > 1) throw ambiguous(reference, found);
    return found[0];
  };
  return {
    all,
    get: (id) => machines.get(id),
    find,
    isNameTaken: (name) => all().some((machine) => nameOf(machine).toLowerCase() === name.toLowerCase()),
    put: (machine) => {
      byName = null;
      machines.set(machine.record.id, machine);
      ports.changed(machine.record.id);
      announce(machine.record.id);
    },
    refresh: (machine) => {
      byName = null;
      machines.set(machine.record.id, machine);
    },
    remove: (id) => {
      const machine = machines.get(id);
      if (machine === undefined) return;
      byName = null;
      machines.delete(id);
      told.delete(id);
      ports.events.publish('machine.removed', { id, name: nameOf(machine) });
      ports.changed(id);
    },
    view,
    announce,
    announceAged: () => {
      for (const machine of all()) {
        const { id } = machine.record;
        if (view(machine).state !== told.get(id)) announce(id);
      }
    },
  };
}

function nameOf({ record }: AzureMachine): string {
  return record.vm.name;
}

function ambiguous(reference: string, found: readonly AzureMachine[], other?: string): VigilError {
  const candidates = found.map(({ record: { id, vm } }) => `${vm.group}/${vm.name} (${id})`);
  const all = other === undefined ? candidates : [...candidates, other];
  return new VigilError('conflict', `'${reference}' could mean ${all.length} machines.`, {
    field: 'machine',
    hint: all.join(', '),
  });
}
