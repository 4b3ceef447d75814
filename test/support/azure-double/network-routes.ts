import { Refusal } from './answer.ts';
import type { AzureMachine } from './machine.ts';
import { page } from './pages.ts';
import { groupOf, subscriptionOf } from './resource-lookup.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';

/** The network interface of each machine, and its public address where it has one. */
export function networkRoutes({ world, operations }: Service): readonly Route[] {
  const read = { method: 'GET', cost: 'other' } as const;
  return [
    {
      ...read,
      path: '/subscriptions/{sub}/providers/Microsoft.Network/networkInterfaces',
      right: 'Microsoft.Network/networkInterfaces/read',
      handle: (call, found) =>
        page(world, operations.origin, call, subscriptionOf(world, found).machines.map(networkInterface)),
    },
    {
      ...read,
      path: '/subscriptions/{sub}/providers/Microsoft.Network/publicIPAddresses',
      right: 'Microsoft.Network/publicIPAddresses/read',
      handle: (call, found) => {
        const machines = subscriptionOf(world, found).machines.filter((one) => one.publicAddress !== null);
        return page(world, operations.origin, call, machines.map(publicAddress));
      },
    },
    {
      ...read,
      path: '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Network/networkInterfaces/{nic}',
      right: 'Microsoft.Network/networkInterfaces/read',
      handle: (_call, found) => {
        const subscription = subscriptionOf(world, found);
        const machine = subscription.machine(groupOf(subscription, found), (found.nic ?? '').replace(/-nic$/i, ''));
        if (machine === undefined) throw missing('networkInterfaces', found.nic);
        return { status: 200, body: networkInterface(machine), layout: 'pretty' };
      },
    },
    {
      ...read,
      path: '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Network/publicIPAddresses/{address}',
      right: 'Microsoft.Network/publicIPAddresses/read',
      handle: (_call, found) => {
        const subscription = subscriptionOf(world, found);
        const machine = subscription.machine(groupOf(subscription, found), (found.address ?? '').replace(/-ip$/i, ''));
        if (machine === undefined || machine.publicAddress === null) throw missing('publicIPAddresses', found.address);
        return { status: 200, body: publicAddress(machine), layout: 'pretty' };
      },
    },
  ];
}

function missing(type: string, name: string | undefined): Refusal {
  return new Refusal(404, 'ResourceNotFound', `The Resource 'Microsoft.Network/${type}/${name}' was not found.`);
}

function network({ subscriptionId, group }: AzureMachine, rest: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.Network/${rest}`;
}

function networkInterface(machine: AzureMachine): Record<string, unknown> {
  const { name, region, publicAddress: address } = machine;
  const id = network(machine, `networkInterfaces/${name}-nic`);
  return {
    name: `${name}-nic`,
    id,
    type: 'Microsoft.Network/networkInterfaces',
    location: region,
    properties: {
      provisioningState: 'Succeeded',
      ipConfigurations: [
        {
          name: 'ipconfig1',
          id: `${id}/ipConfigurations/ipconfig1`,
          properties: {
            provisioningState: 'Succeeded',
            privateIPAddress: machine.privateAddress,
            privateIPAllocationMethod: 'Dynamic',
            ...(address === null ? {} : { publicIPAddress: { id: network(machine, `publicIPAddresses/${name}-ip`) } }),
            primary: true,
            privateIPAddressVersion: 'IPv4',
          },
        },
      ],
      virtualMachine: { id: machine.id },
      primary: true,
    },
  };
}

/** A dynamic address is lost with the host. */
function publicAddress(machine: AzureMachine): Record<string, unknown> {
  const isHeld = machine.power !== 'deallocated' && machine.power !== 'deallocating';
  return {
    name: `${machine.name}-ip`,
    id: network(machine, `publicIPAddresses/${machine.name}-ip`),
    type: 'Microsoft.Network/publicIPAddresses',
    location: machine.region,
    properties: {
      provisioningState: 'Succeeded',
      ...(isHeld ? { ipAddress: machine.publicAddress } : {}),
      publicIPAddressVersion: 'IPv4',
      publicIPAllocationMethod: 'Dynamic',
      ipConfiguration: { id: network(machine, `networkInterfaces/${machine.name}-nic/ipConfigurations/ipconfig1`) },
    },
    sku: { name: 'Basic', tier: 'Regional' },
  };
}
