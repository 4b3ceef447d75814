import { armTime } from './arm-time.ts';
import type { AzureMachine } from './machine.ts';
import { machineId } from './machine-model.ts';
import { page } from './pages.ts';
import { machineOf, subscriptionOf } from './resource-lookup.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';

/** The platform's own opinion of a machine. */
export function resourceHealth({ world, operations }: Service): readonly Route[] {
  const read = { method: 'GET', cost: 'other', right: 'Microsoft.ResourceHealth/availabilityStatuses/read' } as const;
  return [
    {
      ...read,
      path: '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}/providers/Microsoft.ResourceHealth/availabilityStatuses/current',
      handle: (call, found) => ({
        status: 200,
        body: model(
          machineOf(subscriptionOf(world, found), found),
          world.clock.wallNow(),
          call.query.get('api-version') ?? '',
        ),
      }),
    },
    {
      ...read,
      path: '/subscriptions/{sub}/providers/Microsoft.ResourceHealth/availabilityStatuses',
      handle: (call, found) => {
        const version = call.query.get('api-version') ?? '';
        const items = subscriptionOf(world, found).machines.map((one) => model(one, world.clock.wallNow(), version));
        return page(world, operations.origin, call, items, 'compact');
      },
    },
  ];
}

interface Opinion {
  readonly state: string;
  readonly reasonType: string;
  readonly summary: string;
  readonly isByUser: boolean;
}

function model(machine: AzureMachine, now: number, version: string): Record<string, unknown> {
  const { state, reasonType, summary, isByUser } = machine.health ?? opinionOf(machine);
  const since = armTime(machine.healthSince ?? machine.provisioning.at).replace('+00:00', 'Z');
  return {
    id: `${machineId(machine, 'small')}/providers/Microsoft.ResourceHealth/availabilityStatuses/current`,
    name: 'current',
    type: 'Microsoft.ResourceHealth/AvailabilityStatuses',
    location: machine.region,
    properties: {
      availabilityState: state,
      title: state,
      summary,
      reasonType,
      category: 'Not Applicable',
      context: isByUser ? 'Customer Initiated' : 'Platform Initiated',
      // The spelling was put right in the newer version.
      [version === '2020-05-01' ? 'occuredTime' : 'occurredTime']: since,
      reasonChronicity: 'Persistent',
      reportedTime: armTime(now).replace('+00:00', 'Z'),
      recommendedActions:
        state === 'Available'
          ? []
          : [{ action: 'Start the virtual machine', actionUrl: '<#ResourceBlade>', actionUrlText: 'virtual machine' }],
    },
  };
}

function opinionOf({ power }: AzureMachine): Opinion {
  if (power === 'running')
    return {
      state: 'Available',
      reasonType: '',
      summary: "There aren't any known Azure platform problems affecting this virtual machine.",
      isByUser: false,
    };
  return {
    state: 'Unavailable',
    reasonType: 'UserInitiated',
    summary: 'This virtual machine is stopping or stopped as requested by an authorized user or process.',
    isByUser: true,
  };
}
