import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { ActivityEvent } from './activity.ts';
import { AzureMachine, type MachineOptions } from './machine.ts';
import type { Operation } from './operation.ts';

export interface SubscriptionOptions {
  readonly id?: string;
  readonly name?: string;
  readonly tenantId?: string;
  readonly state?: 'Enabled' | 'Disabled' | 'Warned' | 'PastDue' | 'Deleted';
}

/**
 * What the signed-in person may do: `machines-only` has rights on machines but not on the subscription (lists are answered,
 * batches of metrics are not), `reader` may not act, `nothing` sees empty lists.
 */
export type Rights = 'contributor' | 'reader' | 'machines-only' | 'nothing';

export interface Snapshot {
  readonly name: string;
  readonly group: string;
  readonly region: string;
  readonly sourceId: string;
  readonly sizeGb: number;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly isIncremental: boolean;
  provisioningState: string;
  operation: Operation | null;
}

/** One line of the bill of this month. */
export interface Charge {
  readonly resourceId: string;
  /** `microsoft.compute/disks`. */
  readonly resourceType: string;
  readonly amount: number;
  readonly currency: string;
}

export class AzureSubscription {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  state: NonNullable<SubscriptionOptions['state']>;
  rights: Rights = 'contributor';
  readonly machines: AzureMachine[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly activity: ActivityEvent[] = [];
  /** What was charged since the month began, as far as it has been reckoned. */
  readonly charges: Charge[] = [];
  /** Resource groups by lower-case name. */
  readonly groups = new Map<string, { readonly name: string; readonly region: string }>();

  readonly #clock: Clock;

  constructor(clock: Clock, options: SubscriptionOptions & { readonly tenantId: string; readonly name: string }) {
    this.#clock = clock;
    this.id = options.id ?? randomUUID();
    this.tenantId = options.tenantId;
    this.name = options.name;
    this.state = options.state ?? 'Enabled';
  }

  /** A new machine, running unless told otherwise; its resource group is made when it is new. */
  addMachine(options: MachineOptions = {}): AzureMachine {
    const name = options.name ?? `vm-${String(this.machines.length + 1).padStart(2, '0')}`;
    const machine = new AzureMachine(this.#clock, this.id, name, options);
    this.addGroup(machine.group, machine.region);
    this.machines.push(machine);
    return machine;
  }

  /** For one of its machines, or for what belongs to it by another type. */
  charge(machine: AzureMachine, amount: number, currency = 'EUR', type = 'microsoft.compute/virtualmachines'): void {
    // The bill spells ids in lower case.
    const id = machine.id.toLowerCase().replace('microsoft.compute/virtualmachines', type);
    this.charges.push({ resourceId: id, resourceType: type, amount, currency });
  }

  addGroup(name: string, region = 'eastus'): void {
    const key = name.toLowerCase();
    if (!this.groups.has(key)) this.groups.set(key, { name, region });
  }

  /** Names compare without case. */
  machine(group: string, name: string): AzureMachine | undefined {
    return this.machines.find(
      (one) => one.group.toLowerCase() === group.toLowerCase() && one.name.toLowerCase() === name.toLowerCase(),
    );
  }

  /** Gone at once, as if somebody else had deleted it. */
  removeMachine(machine: AzureMachine): void {
    const at = this.machines.indexOf(machine);
    if (at >= 0) this.machines.splice(at, 1);
    machine.setPower('deallocated');
  }

  snapshot(group: string, name: string): Snapshot | undefined {
    return this.snapshots.find(
      (one) => one.group.toLowerCase() === group.toLowerCase() && one.name.toLowerCase() === name.toLowerCase(),
    );
  }
}
