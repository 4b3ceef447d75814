import { Refusal } from './answer.ts';
import type { Call } from './call.ts';
import { instanceView } from './instance-view.ts';
import type { AzureMachine } from './machine.ts';
import { machineModel, machineStatus } from './machine-model.ts';
import { page } from './pages.ts';
import { groupOf, machineOf, subscriptionOf } from './resource-lookup.ts';
import type { Found, Route } from './route.ts';
import type { Service } from './service.ts';

const inSubscription = '/subscriptions/{sub}/providers/Microsoft.Compute';
const inGroup = '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute';
const read = { right: 'Microsoft.Compute/virtualMachines/read', method: 'GET' } as const;

/** Lists of machines, one machine, and what it is doing. */
export function machineReads({ world, operations }: Service): readonly Route[] {
  const offset = (): number => operations.offsetMinutes;
  const list = (call: Call, machines: readonly AzureMachine[]): ReturnType<Route['handle']> => {
    if (call.query.get('$expand')?.toLowerCase() === 'instanceview' && !call.query.has('$filter'))
      throw new Refusal(
        400,
        'BadRequest',
        "The expand option 'instanceView' is only supported together with a filter on a virtual machine scale set.",
      );
    const isStatusOnly = call.query.get('statusonly')?.toLowerCase() === 'true';
    const items = machines.map((machine) =>
      isStatusOnly ? machineStatus(machine, offset()) : machineModel(machine, 'loud group', offset()),
    );
    return page(world, operations.origin, call, items);
  };
  const seen = (found: Found): readonly AzureMachine[] => {
    const subscription = subscriptionOf(world, found);
    return subscription.rights === 'nothing' ? [] : subscription.machines;
  };
  return [
    {
      ...read,
      path: `${inSubscription}/virtualMachines`,
      cost: 'vm-list',
      handle: (call, found) => list(call, seen(found)),
    },
    {
      ...read,
      path: `${inSubscription}/locations/{region}/virtualMachines`,
      cost: 'vm-list',
      handle: (call, found) =>
        list(
          call,
          seen(found).filter(({ region }) => region.toLowerCase() === found.region?.toLowerCase()),
        ),
    },
    {
      ...read,
      path: `${inGroup}/virtualMachines`,
      cost: 'vm-list',
      handle: (call, found) => {
        const group = groupOf(subscriptionOf(world, found), found);
        return list(
          call,
          seen(found).filter((machine) => machine.group === group),
        );
      },
    },
    {
      ...read,
      path: `${inGroup}/virtualMachines/{vm}`,
      cost: 'vm-read',
      handle: (call, found) => {
        const machine = machineOf(subscriptionOf(world, found), found);
        const withView = call.query.get('$expand')?.toLowerCase().includes('instanceview') ?? false;
        const headers = { etag: `"${machine.etag}"` };
        return {
          status: 200,
          headers,
          body: machineModel(machine, 'as made', offset(), withView),
          layout: 'pretty',
        };
      },
    },
    {
      ...read,
      path: `${inGroup}/virtualMachines/{vm}/instanceView`,
      cost: 'vm-read',
      right: 'Microsoft.Compute/virtualMachines/instanceView/read',
      handle: (_call, found) => {
        const machine = machineOf(subscriptionOf(world, found), found);
        return { status: 200, body: instanceView(machine, offset()), layout: 'pretty' };
      },
    },
  ];
}
