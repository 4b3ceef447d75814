import type {
  Azure,
  AzureAccount,
  AzureAnswer,
  AzureConfig,
  AzureFault,
  AzureLook,
  AzureOrder,
  AzurePower,
  AzureProgress,
  AzurePrompt,
  AzureScope,
  AzureSending,
  AzureSubscriptionRow,
  AzureVm,
  AzureVmName,
} from '../../main/engine/ports/azure.ts';
import type {
  AzureActivity,
  AzureCosts,
  AzureInsight,
  AzureMeasuring,
  AzureOpinion,
  AzureScreen,
} from '../../main/engine/ports/azure-insight.ts';

/** Azure in memory: what it knows can be set, what was asked of it is plain to see. */
export class FakeAzure implements Azure {
  config: AzureConfig | null = null;
  account: AzureAccount | null = { name: 'dev@contoso', tenant: 'home', kept: 'memory' };
  rows: readonly AzureSubscriptionRow[] = [fakeSubscription];
  readonly vms = new Map<string, AzureVm>();
  readonly power = new Map<string, AzurePower>();
  /** While set, the call of this name answers with it. */
  readonly faults = new Map<'subscriptions' | 'describe' | 'powers' | 'look' | 'begin', AzureFault>();
  /** Keys that the list of powers leaves out. */
  readonly silent = new Set<string>();
  readonly asked: string[] = [];
  /** Every order that left. */
  readonly sent: AzureOrder[] = [];
  /** What the next orders come to; accepted when there is nothing. */
  readonly sendings: AzureSending[] = [];
  /** What looks at orders come to; done when there is nothing. */
  readonly progress: AzureProgress[] = [];
  aheadMs: number | null = 0;
  /** While set, a sign-in waits for it. */
  signingIn: Promise<AzureAnswer<AzureAccount>> | null = null;
  prompt: AzurePrompt = { address: 'https://login.example/', code: 'ABC', lifeMs: 60_000 };

  /** Minutes by the id of the machine in lower case; none when there is nothing. */
  readonly measured = new Map<string, AzureMeasuring>();
  /** Every round of metrics: how many machines, and from when. */
  readonly metricRounds: { readonly machines: number; readonly fromMs: number }[] = [];
  readonly publicAddresses = new Map<string, string>();
  /** What the log of Azure has, by the id of the machine in lower case. */
  readonly activities = new Map<string, readonly AzureActivity[]>();
  /** The log of Azure does not answer. */
  slowLog = false;
  /** What a subscription costs; nobody has the right to know where there is nothing. */
  readonly costs = new Map<string, AzureAnswer<AzureCosts>>();
  /** Subscriptions whose costs were asked for. */
  readonly costRounds: string[] = [];
  readonly opinions = new Map<string, AzureOpinion>();
  /** What every machine shows. */
  screen: AzureAnswer<AzureScreen> = { ok: true, value: { png: 'cGljdHVyZQ==', bytes: 7, width: 4, height: 3, at: 0 } };

  readonly insight: AzureInsight = {
    metrics: async (vms, fromMs) => {
      this.metricRounds.push({ machines: vms.length, fromMs });
      const keys = vms.map(({ resourceId }) => resourceId.toLowerCase());
      return new Map(keys.map((key) => [key, this.measured.get(key) ?? { ok: true, value: [] }]));
    },
    addresses: async () => ({
      ok: true,
      value: [...this.publicAddresses].map(([key, publicAddress]) => ({ key, publicAddress, privateAddress: null })),
    }),
    costs: async ({ subscription }) => {
      this.costRounds.push(subscription);
      return this.costs.get(subscription) ?? { ok: false, fault: fakeFault('forbidden') };
    },
    opinion: async (vm) => {
      this.asked.push('opinion');
      const value = this.opinions.get(vm.resourceId.toLowerCase());
      return value === undefined ? { ok: false, fault: fakeFault('forbidden') } : { ok: true, value };
    },
    activities: async (vm, sinceMs, signal) => {
      this.asked.push('activities');
      if (this.slowLog) await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
      const value = (this.activities.get(vm.resourceId.toLowerCase()) ?? []).filter(({ at }) => at >= sinceMs);
      return this.slowLog ? { ok: false, fault: fakeFault('cancelled') } : { ok: true, value };
    },
    bootLog: async (vm) => ({ ok: true, value: `console of ${vm.name}` }),
    bootScreen: async () => {
      this.asked.push('screen');
      return this.screen;
    },
  };

  readonly signIn: Azure['signIn'] = {
    account: async () => this.account,
    begin: async (told, signal) => {
      told(this.prompt);
      const given = new Promise<AzureAnswer<AzureAccount>>((resolve) =>
        signal.addEventListener('abort', () => resolve({ ok: false, fault: fakeFault('cancelled') })),
      );
      if (this.signingIn !== null) return Promise.race([this.signingIn, given]);
      const fault = this.faults.get('begin');
      if (fault !== undefined) return { ok: false, fault };
      this.account ??= { name: 'dev@contoso', tenant: 'home', kept: 'memory' };
      return { ok: true, value: this.account };
    },
    probe: async () => ({ ok: true, value: null }),
    end: async () => {
      this.account = null;
    },
  };

  /** A machine that is there, with its power state. */
  add(name: string, state: AzurePower['state'] = 'running', parts: Partial<AzureVm> = {}): AzureVm {
    const vm = fakeVm(name, parts);
    this.vms.set(vm.resourceId.toLowerCase(), vm);
    this.set(vm, state);
    return vm;
  }

  set(vm: AzureVm, state: AzurePower['state'], parts: Partial<AzurePower> = {}): void {
    this.power.set(vm.resourceId.toLowerCase(), fakePower(vm, state, parts));
  }

  drop(vm: AzureVm): void {
    this.vms.delete(vm.resourceId.toLowerCase());
    this.power.delete(vm.resourceId.toLowerCase());
  }

  configure(config: AzureConfig): void {
    this.config = config;
  }

  async subscriptions(): Promise<AzureAnswer<readonly AzureSubscriptionRow[]>> {
    return this.#answer('subscriptions', () => this.rows);
  }

  async describe({ subscription }: AzureScope): Promise<AzureAnswer<readonly AzureVm[]>> {
    return this.#answer('describe', () => [...this.vms.values()].filter((vm) => vm.subscription === subscription));
  }

  async powers({ subscription }: AzureScope): Promise<AzureAnswer<readonly AzurePower[]>> {
    return this.#answer('powers', () =>
      [...this.power.values()].filter(({ key }) => key.includes(subscription) && !this.silent.has(key)),
    );
  }

  async look(vm: AzureVmName): Promise<AzureAnswer<AzureLook>> {
    const key = keyOf(vm);
    const present = this.vms.get(key);
    const power = this.power.get(key);
    if (present === undefined || power === undefined) return { ok: false, fault: fakeFault('not-found') };
    return this.#answer('look', () => ({ vm: present, power, agentReady: true }));
  }

  async send(order: AzureOrder): Promise<AzureSending> {
    this.sent.push(order);
    this.asked.push(`send ${this.sent.length}`);
    return this.sendings.shift() ?? { kind: 'accepted', ticket: `ticket ${this.sent.length}` };
  }

  async follow(_order: AzureOrder, ticket: string): Promise<AzureProgress> {
    this.asked.push(`follow ${ticket}`);
    return this.progress.shift() ?? { kind: 'done', output: null };
  }

  clockAheadMs(): number | null {
    return this.aheadMs;
  }

  async close(): Promise<void> {}

  #answer<T>(call: 'subscriptions' | 'describe' | 'powers' | 'look', value: () => T): AzureAnswer<T> {
    this.asked.push(call);
    const fault = this.faults.get(call);
    return fault === undefined ? { ok: true, value: value() } : { ok: false, fault };
  }
}

export const fakeSubscription: AzureSubscriptionRow = {
  subscription: '11111111-aaaa-4000-8000-000000000001',
  tenant: 'home',
  name: 'Dev',
  state: 'Enabled',
};

export function fakeVm(name: string, parts: Partial<AzureVm> = {}): AzureVm {
  const group = parts.group ?? 'Shop';
  const subscription = parts.subscription ?? fakeSubscription.subscription;
  return {
    subscription,
    tenant: 'home',
    group,
    name,
    region: 'westeurope',
    resourceId: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`,
    vmId: `vm-${name}`,
    size: 'Standard_B2s',
    os: 'linux',
    tags: {},
    osDisk: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/disks/${name}`,
    diskMib: 30_720,
    provisioning: 'Succeeded',
    ...parts,
  };
}

export function fakePower(vm: AzureVm, state: AzurePower['state'], parts: Partial<AzurePower> = {}): AzurePower {
  return {
    key: vm.resourceId.toLowerCase(),
    state,
    power: state === 'unknown' ? null : state,
    provisioning: 'succeeded',
    provisioningError: null,
    changedAt: null,
    billed: state === 'running' || state === 'stopped',
    ...parts,
  };
}

export function fakeFault(kind: AzureFault['kind'], parts: Partial<AzureFault> = {}): AzureFault {
  return { kind, message: `It is ${kind}.`, hint: null, retryAfterMs: null, ...parts };
}

function keyOf({ subscription, group, name }: AzureVmName): string {
  return `/subscriptions/${subscription}/resourcegroups/${group}/providers/microsoft.compute/virtualmachines/${name}`.toLowerCase();
}
