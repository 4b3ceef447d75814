import { type ArmClients, createArmClients } from '../../main/adapters/azure/arm-clients.ts';
import { faultOf } from '../../main/adapters/azure/fault-of.ts';
import { createInsight } from '../../main/adapters/azure/insight.ts';
import { createLimiter } from '../../main/adapters/azure/limiter.ts';
import { readVm } from '../../main/adapters/azure/read-vm.ts';
import { troubleOf } from '../../main/adapters/azure/trouble-of.ts';
import { createStopSource } from '../../main/contract/stop-signal.ts';
import type { AzureVm } from '../../main/engine/ports/azure.ts';
import type { AzureInsight } from '../../main/engine/ports/azure-insight.ts';
import type { Clock } from '../../main/engine/ports/clock.ts';
import type { AzureDouble } from './azure-double/azure-double.ts';
import type { AzureMachine } from './azure-double/machine.ts';
import { machineModel } from './azure-double/machine-model.ts';

/** The real clients behind the real limiter, signed in to the stand-in without any page to open. */
export interface InsightAgainstDouble {
  readonly insight: AzureInsight;
  readonly clients: ArmClients;
  readonly vm: (machine: AzureMachine) => AzureVm;
}

export function insightAgainstDouble(
  double: AzureDouble & { readonly clock: Clock },
  parts: { isOwnStore?(address: string): boolean } = {},
): InsightAgainstDouble {
  const { clock, origin } = double;
  const trust = { ca: double.ca };
  const trusted = async () => trust;
  const clients = createArmClients({
    clock,
    limiter: createLimiter(clock, () => 0.5),
    cloud: () => ({
      signIn: origin,
      resourceManager: origin,
      scope: 'https://management.azure.com/.default',
      isKnown: false,
    }),
    metricsHost: () => origin,
    trusted,
    credential: (tenant) => double.credential(tenant),
    clockSeen: () => undefined,
  });
  const insight = createInsight({
    clock,
    clients,
    manager: () => origin,
    trusted,
    isOwnStore: parts.isOwnStore ?? ((address) => new URL(address).origin === origin),
    azureNow: () => clock.wallNow(),
    faultOf: (error, signal) => faultOf(troubleOf(error, { signal, clockAheadMs: null, wallNowMs: clock.wallNow() })),
  });
  return {
    insight,
    clients,
    vm: (machine) => {
      const tenant = double.world.subscription(machine.subscriptionId)?.tenantId ?? '';
      const model = machineModel(machine, 'as made', 0) as { id: string; location: string };
      const read = readVm(
        {
          ...model,
          name: machine.name,
          hardwareProfile: { vmSize: machine.size },
          storageProfile: { osDisk: { osType: machine.os } },
        },
        { subscription: machine.subscriptionId, tenant },
      );
      if (read === null) throw new Error(`${machine.name} cannot be read`);
      return read;
    },
  };
}

export const noStop = createStopSource().signal;
