import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { Call } from './call.ts';
import { type Fault, type FaultMatch, type FaultOptions, Faults } from './faults.ts';
import type { AzureMachine } from './machine.ts';
import { AzureSubscription, type SubscriptionOptions } from './subscription.ts';
import type { Throttle } from './throttle.ts';

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

/** How long things take, in milliseconds; write to it freely. Between the shortest and the longest seen on the service. */
export interface Durations {
  start: number;
  powerOff: number;
  deallocate: number;
  restart: number;
  redeploy: number;
  reapply: number;
  runCommand: number;
  delete: number;
  update: number;
  snapshot: number;
}

/** Everything that the service knows, for tests to write and read. */
export class AzureWorld {
  readonly clock: Clock;
  readonly tenants: Tenant[] = [];
  readonly subscriptions: AzureSubscription[] = [];
  readonly faults: Faults;
  readonly durations: Durations = {
    start: 15_000,
    powerOff: 10_000,
    deallocate: 40_000,
    restart: 12_000,
    redeploy: 110_000,
    reapply: 20_000,
    runCommand: 25_000,
    delete: 20_000,
    update: 15_000,
    snapshot: 8_000,
  };
  /** Entries of a list per page. */
  pageSize = 50;
  /** An empty page after the first, as filters on the service's side leave behind. */
  hasEmptyPages = false;
  /** How the last page says that it is the last. */
  lastPage: 'absent' | 'empty' = 'absent';
  /** Minutes until a value of a metric can be read. */
  metricLagMinutes = 2;
  /** For so many minutes after that it may still change. */
  metricSettleMinutes = 1;
  /** Lower-case ids of machines that batches of metrics leave out without a word. */
  readonly batchLeavesOut = new Set<string>();
  /** How long the activity log is behind. */
  activityLagMs = 0;
  /** Milliseconds that every answer about a region takes, by name. */
  readonly latencies = new Map<string, number>();
  /** What a Run Command prints when nothing was foretold. */
  runScript: (machine: AzureMachine, script: readonly string[]) => { stdout: string; stderr: string } = () => ({
    stdout: '',
    stderr: '',
  });

  readonly #throttle: Throttle;

  constructor(clock: Clock, throttle: Throttle) {
    this.clock = clock;
    this.#throttle = throttle;
    this.faults = new Faults();
  }

  addTenant(name = `tenant-${this.tenants.length + 1}`): Tenant {
    const tenant = { id: randomUUID(), name };
    this.tenants.push(tenant);
    return tenant;
  }

  /** In the first tenant when none is named; made when there is none. */
  addSubscription(options: SubscriptionOptions = {}): AzureSubscription {
    const tenantId = options.tenantId ?? this.homeTenant.id;
    const name = options.name ?? `Subscription ${this.subscriptions.length + 1}`;
    const subscription = new AzureSubscription(this.clock, { ...options, tenantId, name });
    this.subscriptions.push(subscription);
    return subscription;
  }

  get homeTenant(): Tenant {
    return this.tenants[0] ?? this.addTenant('home');
  }

  /** Undefined when nobody has that id; ids compare without case. */
  subscription(id: string): AzureSubscription | undefined {
    return this.subscriptions.find((one) => one.id.toLowerCase() === id.toLowerCase());
  }

  get machines(): readonly AzureMachine[] {
    return this.subscriptions.flatMap(({ machines }) => machines);
  }

  /** By its name in any case; throws when there is none or more than one. */
  machine(name: string): AzureMachine {
    const found = this.machines.filter((one) => one.name.toLowerCase() === name.toLowerCase());
    if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} machines are called "${name}".`);
    return found[0];
  }

  /** The next matching request meets it (`times` of them, after letting `skip` pass). Later scripts wait behind earlier ones. */
  scriptFault(match: FaultMatch | ((call: Call) => boolean), fault: Fault, options: FaultOptions = {}): () => void {
    return this.faults.add(match, fault, options);
  }

  /** Somebody else takes that share (0 to 1) of the limits of every subscription, or of one. */
  noisyNeighbour(share: number, subscription?: AzureSubscription): void {
    const whom = subscription === undefined ? this.subscriptions : [subscription];
    for (const { id } of whom) this.#throttle.noisyNeighbour(id, share);
  }
}
