import type { ActivityEvent } from './activity.ts';
import { Refusal } from './answer.ts';
import { armTime } from './arm-time.ts';
import { page } from './pages.ts';
import { subscriptionOf } from './resource-lookup.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';
import type { AzureSubscription } from './subscription.ts';

const keptDays = 90;
const ticksTo1970 = 62_135_596_800_000n;

/** What was done to the machines of a subscription, newest first, as late as the world says. */
export function activityLog({ world, operations, clock }: Service): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/subscriptions/{sub}/providers/Microsoft.Insights/eventtypes/management/values',
      cost: 'other',
      right: 'Microsoft.Insights/eventtypes/values/read',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        const filter = readFilter(call.query.get('$filter'));
        const newest = clock.wallNow() - world.activityLagMs;
        const oldest = Math.max(filter.from, clock.wallNow() - keptDays * 24 * 60 * 60 * 1000);
        const events = subscription.activity
          .filter(({ at }) => at >= oldest && at <= Math.min(filter.to, newest))
          .filter((event) => filter.fits(event))
          .toSorted((a, b) => b.at - a.at);
        const select = call.query.get('$select')?.toLowerCase().split(',');
        return page(
          world,
          operations.origin,
          call,
          events.map((event) => trimmed(model(subscription, event), select)),
        );
      },
    },
  ];
}

interface Filter {
  readonly from: number;
  readonly to: number;
  readonly fits: (event: ActivityEvent) => boolean;
}

/** Must begin with the time; the rest narrows by group, resource or correlation. */
function readFilter(text: string | undefined): Filter {
  const parts = [...(text ?? '').matchAll(/(\w+) (ge|le|eq) '([^']*)'/g)].map(
    ([, name = '', verb = '', value = '']) => ({
      name: name.toLowerCase(),
      verb,
      value,
    }),
  );
  const [first] = parts;
  if (first?.name !== 'eventtimestamp' || first.verb !== 'ge')
    throw new Refusal(400, 'BadRequest', "The '$filter' query must begin with eventTimestamp ge.");
  const said = (name: string, verb: string): string | undefined =>
    parts.find((part) => part.name === name && part.verb === verb)?.value;
  const group = said('resourcegroupname', 'eq')?.toLowerCase();
  const resource = (said('resourceuri', 'eq') ?? said('resourceid', 'eq'))?.toLowerCase();
  const correlation = said('correlationid', 'eq');
  return {
    from: Date.parse(first.value),
    to: Date.parse(said('eventtimestamp', 'le') ?? '9999-12-31T00:00:00Z'),
    fits: (event) =>
      (group === undefined || event.group.toLowerCase() === group) &&
      (resource === undefined || event.resourceId.toLowerCase() === resource) &&
      (correlation === undefined || event.correlationId === correlation),
  };
}

function model({ id, tenantId }: AzureSubscription, event: ActivityEvent): Record<string, unknown> {
  const named = (value: string): Record<string, string> => ({ value, localizedValue: value });
  const ticks = (BigInt(Math.floor(event.at)) + ticksTo1970) * 10_000n;
  return {
    authorization: { action: event.operation, scope: event.resourceId },
    caller: event.caller,
    channels: 'Operation',
    correlationId: event.correlationId,
    description: event.description,
    eventDataId: event.id,
    eventName: named(event.status === 'Started' ? 'BeginRequest' : 'EndRequest'),
    category: named(event.category),
    id: `${event.resourceId}/events/${event.id}/ticks/${ticks}`,
    level: event.level,
    resourceGroupName: event.group,
    resourceProviderName: named('Microsoft.Compute'),
    resourceId: event.resourceId,
    resourceType: named('Microsoft.Compute/virtualMachines'),
    operationId: event.correlationId,
    operationName: named(event.operation),
    status: named(event.status),
    subStatus: named(''),
    eventTimestamp: armTime(event.at).replace('+00:00', 'Z'),
    submissionTimestamp: armTime(event.at + 20_000).replace('+00:00', 'Z'),
    subscriptionId: id,
    tenantId,
  };
}

/** The id is always there, whatever was selected. */
function trimmed(event: Record<string, unknown>, select: readonly string[] | undefined): Record<string, unknown> {
  if (select === undefined) return event;
  return Object.fromEntries(
    Object.entries(event).filter(([name]) => name === 'id' || select.includes(name.toLowerCase())),
  );
}
