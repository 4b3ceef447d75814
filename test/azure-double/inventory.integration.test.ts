import { ComputeManagementClient } from '@azure/arm-compute';
import { afterEach, expect, test } from 'vitest';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';

let azure: AzureDouble | undefined;
afterEach(() => azure?.close());

test('13.6 statusOnly tells id, name, location and status, and some machine without its power state', async () => {
  azure = await startAzureDouble();
  const subscription = azure.world.addSubscription();
  subscription.addMachine({ name: 'web', tags: { team: 'a' } });
  subscription.addMachine({ name: 'db', powerState: 'stopped' }).isPowerInStatusList = false;
  const client = new ComputeManagementClient(azure.credential(), subscription.id, {
    endpoint: azure.origin,
    tlsOptions: { ca: azure.ca },
  });

  const machines = await Array.fromAsync(client.virtualMachines.listAll({ statusOnly: 'true' }));

  expect(machines.map(({ name, tags, networkProfile }) => ({ name, tags, networkProfile }))).toEqual([
    { name: 'web', tags: undefined, networkProfile: undefined },
    { name: 'db', tags: undefined, networkProfile: undefined },
  ]);
  expect(machines.map((one) => one.instanceView?.statuses?.map(({ code }) => code))).toEqual([
    ['ProvisioningState/succeeded', 'PowerState/running'],
    ['ProvisioningState/succeeded'],
  ]);
});
