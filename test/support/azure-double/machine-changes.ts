import { recordActivity } from './activity.ts';
import { Refusal } from './answer.ts';
import type { AzureMachine } from './machine.ts';
import { machineModel } from './machine-model.ts';
import { machineSizes } from './machine-sizes.ts';
import { machineOf, subscriptionOf } from './resource-lookup.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';
import type { AzureSubscription } from './subscription.ts';

const path = '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}';

interface Patch {
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: { readonly hardwareProfile?: { readonly vmSize?: string } };
}

/** Another size, other tags, or an end. */
export function machineChanges(service: Service): readonly Route[] {
  const { world, operations, clock } = service;
  return [
    {
      method: 'PATCH',
      path,
      cost: 'vm-update',
      right: 'Microsoft.Compute/virtualMachines/write',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        const machine = machineOf(subscription, found);
        refuseBusy(machine);
        const { tags, properties } = read(call.body);
        const size = properties?.hardwareProfile?.vmSize;
        const offered = size === undefined ? undefined : machineSizes.find(({ name }) => name === size);
        if (size !== undefined && offered === undefined)
          throw new Refusal(
            400,
            'InvalidParameter',
            `The value ${size} provided for the VM size is not valid. The valid sizes in the current region are: ${machineSizes.map(({ name }) => name).join(', ')}.`,
          );
        const fate = machine.takeFate();
        const isResize = size !== undefined && size !== machine.size;
        const operation = operations.begin({
          action: 'update',
          subscriptionId: machine.subscriptionId,
          region: machine.region,
          // Tags are changed at once; another size means another host.
          durationMs: isResize ? (fate.durationMs ?? world.durations.update) : 0,
          status: fate.status ?? 'Succeeded',
          error:
            fate.status === 'Failed' ? { code: fate.code ?? 'SkuNotAvailable', message: fate.message ?? '' } : null,
          output: null,
          whenOver: (over) => {
            if (machine.operation === over) machine.operation = null;
            machine.etag += 1;
            if (over.status !== 'Succeeded') {
              machine.failProvisioning(over.error?.code ?? 'InternalError');
              return;
            }
            if (tags !== undefined) machine.tags = { ...tags };
            if (size !== undefined) machine.size = size;
            machine.provisioning = { state: 'Succeeded', code: null, at: clock.wallNow() };
          },
        });
        if (operation.status === 'InProgress') machine.operation = operation;
        machine.actions.push({ action: 'update', at: clock.wallNow(), operationId: operation.id });
        log(service, subscription, machine, 'write');
        const { 'azure-asyncoperation': polling = '' } = operations.headersOf(operation);
        return {
          status: 200,
          headers: { 'azure-asyncoperation': polling, 'azure-asyncnotification': 'Enabled' },
          body: machineModel(machine, 'as made', operations.offsetMinutes),
          layout: 'pretty',
        };
      },
    },
    {
      method: 'DELETE',
      path,
      cost: 'vm-delete',
      right: 'Microsoft.Compute/virtualMachines/delete',
      handle: (_call, found) => {
        const subscription = subscriptionOf(world, found);
        const machine = machineOf(subscription, found);
        refuseBusy(machine);
        const fate = machine.takeFate();
        const operation = operations.begin({
          action: 'delete',
          subscriptionId: machine.subscriptionId,
          region: machine.region,
          durationMs: fate.durationMs ?? world.durations.delete,
          status: fate.status ?? 'Succeeded',
          error: fate.status === 'Failed' ? { code: fate.code ?? 'InternalError', message: fate.message ?? '' } : null,
          output: null,
          whenOver: (over) => {
            if (machine.operation === over) machine.operation = null;
            if (over.status === 'Succeeded') subscription.removeMachine(machine);
          },
        });
        if (operation.status === 'InProgress') machine.operation = operation;
        machine.actions.push({ action: 'delete', at: clock.wallNow(), operationId: operation.id });
        log(service, subscription, machine, 'delete');
        return { status: 202, headers: operations.headersOf(operation) };
      },
    },
    {
      method: 'GET',
      path: `${path}/vmSizes`,
      cost: 'vm-read',
      right: 'Microsoft.Compute/virtualMachines/vmSizes/read',
      handle: (_call, found) => {
        machineOf(subscriptionOf(world, found), found);
        return { status: 200, body: { value: machineSizes }, layout: 'pretty' };
      },
    },
    {
      method: 'GET',
      path: '/subscriptions/{sub}/providers/Microsoft.Compute/locations/{region}/vmSizes',
      cost: 'other',
      right: 'Microsoft.Compute/locations/vmSizes/read',
      handle: () => ({ status: 200, body: { value: machineSizes }, layout: 'pretty' }),
    },
  ];
}

function refuseBusy({ operation }: AzureMachine): void {
  if (operation === null) return;
  throw new Refusal(
    409,
    'Conflict',
    'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.',
  );
}

function read(body: string): Patch {
  try {
    return JSON.parse(body) as Patch;
  } catch {
    throw new Refusal(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
  }
}

function log({ clock }: Service, subscription: AzureSubscription, machine: AzureMachine, action: string): void {
  recordActivity(subscription, {
    at: clock.wallNow(),
    resourceId: machine.id,
    group: machine.group,
    operation: `Microsoft.Compute/virtualMachines/${action}`,
    status: 'Started',
  });
}
