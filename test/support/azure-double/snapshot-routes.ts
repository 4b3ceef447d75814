import { Refusal } from './answer.ts';
import { armTime } from './arm-time.ts';
import { osDiskName } from './instance-view.ts';
import { page } from './pages.ts';
import { groupOf, subscriptionOf } from './resource-lookup.ts';
import type { Found, Route } from './route.ts';
import type { Service } from './service.ts';
import type { AzureSubscription, Snapshot } from './subscription.ts';

const one = '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute/snapshots/{snapshot}';

interface Wanted {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: {
    readonly creationData?: { readonly createOption?: string; readonly sourceResourceId?: string };
    readonly incremental?: boolean;
  };
}

/** Copies of disks: made from a disk that exists, listed, read and deleted. */
export function snapshotRoutes(service: Service): readonly Route[] {
  const { world, operations, clock } = service;
  const model = (subscription: AzureSubscription, snapshot: Snapshot): Record<string, unknown> =>
    snapshotModel(subscription, snapshot, operations.offsetMinutes);
  const list = { method: 'GET', cost: 'other', right: 'Microsoft.Compute/snapshots/read' } as const;
  return [
    {
      method: 'PUT',
      path: one,
      cost: 'other',
      right: 'Microsoft.Compute/snapshots/write',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        const group = groupOf(subscription, found);
        const { location, tags, properties } = JSON.parse(call.body) as Wanted;
        const sourceId = properties?.creationData?.sourceResourceId ?? '';
        if (properties?.creationData?.createOption !== 'Copy' || location === undefined)
          throw new Refusal(
            400,
            'InvalidParameter',
            "Required parameter 'creationData' or 'location' is missing (null).",
          );
        if (!diskIds(subscription).has(sourceId.toLowerCase()))
          throw new Refusal(404, 'NotFound', `Disk ${sourceId.split('/').at(-1)} is not found.`);
        const name = found.snapshot ?? '';
        const old = subscription.snapshot(group, name);
        if (old !== undefined) subscription.snapshots.splice(subscription.snapshots.indexOf(old), 1);
        const snapshot: Snapshot = {
          name,
          group,
          region: location,
          sourceId,
          sizeGb: 30,
          createdAt: clock.wallNow(),
          tags: { ...tags },
          isIncremental: properties.incremental ?? false,
          provisioningState: 'Updating',
          operation: null,
        };
        subscription.snapshots.push(snapshot);
        const operation = operations.begin({
          action: 'snapshot',
          subscriptionId: subscription.id,
          region: location,
          durationMs: world.durations.snapshot,
          status: 'Succeeded',
          error: null,
          output: null,
          whenOver: () => {
            snapshot.provisioningState = 'Succeeded';
            snapshot.operation = null;
          },
        });
        snapshot.operation = operation;
        const headers = operations.headersOf(operation);
        return { status: 202, headers, body: model(subscription, snapshot), layout: 'pretty' };
      },
    },
    {
      ...list,
      path: one,
      handle: (_call, found) => {
        const subscription = subscriptionOf(world, found);
        return { status: 200, body: model(subscription, snapshotOf(subscription, found)), layout: 'pretty' };
      },
    },
    {
      method: 'DELETE',
      path: one,
      cost: 'other',
      right: 'Microsoft.Compute/snapshots/delete',
      handle: (_call, found) => {
        const subscription = subscriptionOf(world, found);
        const snapshot = snapshotOf(subscription, found);
        const operation = operations.begin({
          action: 'delete snapshot',
          subscriptionId: subscription.id,
          region: snapshot.region,
          durationMs: world.durations.snapshot,
          status: 'Succeeded',
          error: null,
          output: null,
          whenOver: () => subscription.snapshots.splice(subscription.snapshots.indexOf(snapshot), 1),
        });
        return { status: 202, headers: operations.headersOf(operation) };
      },
    },
    {
      ...list,
      path: '/subscriptions/{sub}/providers/Microsoft.Compute/snapshots',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        const items = subscription.snapshots.map((snapshot) => model(subscription, snapshot));
        return page(world, operations.origin, call, items);
      },
    },
    {
      ...list,
      path: '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute/snapshots',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        const group = groupOf(subscription, found);
        const items = subscription.snapshots.filter((snapshot) => snapshot.group === group);
        return page(
          world,
          operations.origin,
          call,
          items.map((snapshot) => model(subscription, snapshot)),
        );
      },
    },
  ];
}

function snapshotOf(subscription: AzureSubscription, found: Found): Snapshot {
  const snapshot = subscription.snapshot(groupOf(subscription, found), found.snapshot ?? '');
  if (snapshot === undefined)
    throw new Refusal(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.Compute/snapshots/${found.snapshot}' under resource group '${found.rg}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    );
  return snapshot;
}

function diskIds(subscription: AzureSubscription): Set<string> {
  return new Set(
    subscription.machines.map((machine) =>
      machine.id.replace(/virtualMachines\/[^/]+$/, `disks/${osDiskName(machine)}`).toLowerCase(),
    ),
  );
}

function snapshotModel({ id }: AzureSubscription, snapshot: Snapshot, offsetMinutes: number): Record<string, unknown> {
  return {
    name: snapshot.name,
    id: `/subscriptions/${id}/resourceGroups/${snapshot.group}/providers/Microsoft.Compute/snapshots/${snapshot.name}`,
    type: 'Microsoft.Compute/snapshots',
    location: snapshot.region,
    tags: { ...snapshot.tags },
    sku: { name: 'Standard_LRS', tier: 'Standard' },
    properties: {
      osType: 'Linux',
      creationData: { createOption: 'Copy', sourceResourceId: snapshot.sourceId },
      diskSizeGB: snapshot.sizeGb,
      incremental: snapshot.isIncremental,
      timeCreated: armTime(snapshot.createdAt, offsetMinutes),
      provisioningState: snapshot.provisioningState,
      diskState: snapshot.provisioningState === 'Succeeded' ? 'Unattached' : 'Reserved',
    },
  };
}
