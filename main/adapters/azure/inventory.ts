import type { VirtualMachine } from '@azure/arm-compute';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type {
  AzureAnswer,
  AzureFault,
  AzureLook,
  AzurePower,
  AzureScope,
  AzureSubscriptionRow,
  AzureVm,
  AzureVmName,
} from '../../engine/ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { boundedCall } from './bounded-call.ts';
import { powerOf } from './power-of.ts';
import { readVm } from './read-vm.ts';

export interface InventoryPorts {
  readonly clients: ArmClients;
  /** The sentence for whatever was thrown. */
  faultOf(error: unknown, signal: StopSignal): AzureFault;
  /** The tenant that the account is at home in. */
  homeTenant(): Promise<string>;
}

export interface Inventory {
  subscriptions(signal: StopSignal): Promise<AzureAnswer<readonly AzureSubscriptionRow[]>>;
  describe(scope: AzureScope, signal: StopSignal): Promise<AzureAnswer<readonly AzureVm[]>>;
  powers(scope: AzureScope, signal: StopSignal): Promise<AzureAnswer<readonly AzurePower[]>>;
  look(vm: AzureVmName, urgent: boolean, signal: StopSignal): Promise<AzureAnswer<AzureLook>>;
}

/** However long the lists get: a service that never ends its pages is not followed for ever. */
const mostMachines = 20_000;
const mostPages = 500;
const mostTenants = 20;
const mostSubscriptions = 1000;
/** All pages of a list together. */
const wholeMs = 120_000;

export function createInventory({ clients, faultOf, homeTenant }: InventoryPorts): Inventory {
  const answered = async <T>(signal: StopSignal, work: (abort: AbortSignal) => Promise<T>): Promise<AzureAnswer<T>> => {
    try {
      return { ok: true, value: await boundedCall(signal, wholeMs, work) };
    } catch (error) {
      return { ok: false, fault: faultOf(error, signal) };
    }
  };
  const listed = async (scope: AzureScope, statusOnly: boolean, signal: AbortSignal): Promise<VirtualMachine[]> => {
    const client = await clients.compute({ ...scope, region: '*', urgent: false, signal });
    const found: VirtualMachine[] = [];
    let pages = 0;
    for await (const page of client.virtualMachines
      .listAll({ ...(statusOnly ? { statusOnly: 'true' } : {}), abortSignal: signal })
      .byPage()) {
      found.push(...page);
      pages += 1;
      if (pages >= mostPages || found.length >= mostMachines) break;
    }
    return found;
  };
  const subscriptionsOf = async (tenant: string, signal: AbortSignal): Promise<AzureSubscriptionRow[]> => {
    const client = await clients.subscriptions({ tenant, urgent: false, signal });
    const found: AzureSubscriptionRow[] = [];
    for await (const each of client.subscriptions.list({ abortSignal: signal })) {
      if (each.subscriptionId === undefined) continue;
      found.push({
        subscription: each.subscriptionId.toLowerCase(),
        tenant: each.tenantId ?? tenant,
        name: each.displayName ?? each.subscriptionId,
        state: each.state ?? 'Unknown',
      });
      if (found.length >= mostSubscriptions) break;
    }
    return found;
  };
  const otherTenants = async (home: string, signal: AbortSignal): Promise<readonly string[]> => {
    const client = await clients.subscriptions({ tenant: home, urgent: false, signal });
    const found: string[] = [];
    for await (const { tenantId } of client.tenants.list({ abortSignal: signal })) {
      if (tenantId !== undefined && tenantId !== home) found.push(tenantId);
      if (found.length >= mostTenants) break;
    }
    return found;
  };

  return {
    subscriptions: (signal) =>
      answered(signal, async (abort) => {
        const home = await homeTenant();
        const own = await subscriptionsOf(home, abort);
        // That other tenants cannot be listed costs those, and not one's own.
        const tenants = await otherTenants(home, abort).catch(() => []);
        const others = await Promise.all(tenants.map((each) => subscriptionsOf(each, abort).catch(() => [])));
        const rows = new Map([...others.flat(), ...own].map((row) => [row.subscription, row]));
        return [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      }),
    describe: (scope, signal) =>
      answered(signal, async (abort) =>
        (await listed(scope, false, abort)).map((raw) => readVm(raw, scope)).filter((vm) => vm !== null),
      ),
    powers: (scope, signal) =>
      answered(signal, async (abort) =>
        (await listed(scope, true, abort)).flatMap(({ id, instanceView, provisioningState }) =>
          id === undefined ? [] : [powerOf(id, instanceView?.statuses ?? [], provisioningState)],
        ),
      ),
    look: (vm, urgent, signal) =>
      answered(signal, async (abort) => {
        const client = await clients.compute({ ...vm, urgent, signal: abort });
        const raw = await client.virtualMachines.get(vm.group, vm.name, { expand: 'instanceView', abortSignal: abort });
        const read = readVm(raw, vm);
        if (read === null) throw new Error('Azure answered with something that is no machine.');
        const agent = raw.instanceView?.vmAgent?.statuses?.[0];
        return {
          vm: read,
          power: powerOf(read.resourceId, raw.instanceView?.statuses ?? [], raw.provisioningState),
          agentReady: agent === undefined ? null : agent.displayStatus?.toLowerCase() === 'ready',
        };
      }),
  };
}
