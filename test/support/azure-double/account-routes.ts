import { page } from './pages.ts';
import { subscriptionOf } from './resource-lookup.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';
import type { AzureSubscription } from './subscription.ts';

/** Tenants, subscriptions and resource groups: what the signed-in person can see at all. */
export function accountRoutes({ world, operations }: Service): readonly Route[] {
  const read = { method: 'GET', cost: 'none' } as const;
  return [
    {
      ...read,
      path: '/tenants',
      right: 'Microsoft.Resources/tenants/read',
      handle: (call) =>
        page(
          world,
          operations.origin,
          call,
          world.tenants.map(({ id, name }) => ({
            id: `/tenants/${id}`,
            tenantId: id,
            displayName: name,
            defaultDomain: `${name}.example.test`,
            tenantCategory: 'Home',
          })),
          'compact',
        ),
    },
    {
      ...read,
      path: '/subscriptions',
      right: 'Microsoft.Resources/subscriptions/read',
      handle: (call, _found, { tenantId }) =>
        page(
          world,
          operations.origin,
          call,
          world.subscriptions.filter((one) => one.tenantId === tenantId).map(model),
          'compact',
        ),
    },
    {
      ...read,
      path: '/subscriptions/{sub}',
      right: 'Microsoft.Resources/subscriptions/read',
      handle: (_call, found) => ({ status: 200, body: model(subscriptionOf(world, found)) }),
    },
    {
      ...read,
      path: '/subscriptions/{sub}/resourceGroups',
      cost: 'other',
      right: 'Microsoft.Resources/subscriptions/resourceGroups/read',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        const groups = subscription.rights === 'nothing' ? [] : [...subscription.groups.values()];
        return page(
          world,
          operations.origin,
          call,
          groups.map(({ name, region }) => ({
            id: `/subscriptions/${subscription.id}/resourceGroups/${name}`,
            name,
            type: 'Microsoft.Resources/resourceGroups',
            location: region,
            properties: { provisioningState: 'Succeeded' },
          })),
          'compact',
        );
      },
    },
  ];
}

function model({ id, tenantId, name, state }: AzureSubscription): Record<string, unknown> {
  return {
    id: `/subscriptions/${id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: id,
    tenantId,
    displayName: name,
    state,
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}
