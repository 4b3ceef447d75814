import { randomUUID } from 'node:crypto';
import { Refusal } from './answer.ts';
import { subscriptionOf } from './resource-lookup.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';
import type { AzureSubscription, Charge } from './subscription.ts';

/** What a subscription cost since the month began, grouped by resource: the only question of costs that is served. */
export function costRoutes({ world, operations }: Service): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/subscriptions/{sub}/providers/Microsoft.CostManagement/query',
      cost: 'none',
      right: 'Microsoft.CostManagement/query/read',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        refuseWithoutRight(subscription);
        const rows = grouped(subscription.charges, wantedTypes(call.body));
        const token = call.query.get('$skiptoken');
        const at = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
        const end = at + world.pageSize;
        const path = call.target.split('?')[0] ?? '';
        const version = call.query.get('api-version') ?? '';
        const rest = encodeURIComponent(Buffer.from(String(end)).toString('base64'));
        const name = randomUUID();
        return {
          status: 200,
          headers: {
            'x-ms-ratelimit-microsoft.costmanagement-qpu-consumed': '1',
            'x-ms-ratelimit-microsoft.costmanagement-qpu-remaining':
              'QueriesPerHour:599,QueriesPerMin:59,QueriesPer10Sec:11',
          },
          body: {
            id: `subscriptions/${subscription.id}/providers/Microsoft.CostManagement/query/${name}`,
            name,
            type: 'Microsoft.CostManagement/query',
            location: null,
            sku: null,
            eTag: null,
            properties: {
              nextLink:
                end < rows.length ? `${operations.origin}${path}?api-version=${version}&$skiptoken=${rest}` : null,
              columns: [
                { name: 'PreTaxCost', type: 'Number' },
                { name: 'ResourceId', type: 'String' },
                { name: 'Currency', type: 'String' },
              ],
              rows: rows.slice(at, end),
            },
          },
        };
      },
    },
  ];
}

/** In a shape of its own: what others answer with 403 is a 401 here. */
function refuseWithoutRight({ rights }: AzureSubscription): void {
  if (rights === 'contributor' || rights === 'reader') return;
  throw new Refusal(
    401,
    'RBACAccessDenied',
    `The client does not have authorization to perform action. Request ID: ${randomUUID()}`,
  );
}

/** The body is read with every page: without it a page is refused. */
function wantedTypes(body: string): readonly string[] {
  const asked = parsed(body) as {
    type?: string;
    timeframe?: string;
    dataset?: {
      granularity?: string;
      aggregation?: Record<string, { name?: string; function?: string }>;
      grouping?: { type?: string; name?: string }[];
      filter?: { dimensions?: { name?: string; operator?: string; values?: string[] } };
    };
  };
  const { dataset } = asked;
  if (dataset === undefined) throw bad('Invalid query definition, Dataset is invalid or not supplied.');
  if (asked.type !== 'ActualCost' || asked.timeframe !== 'MonthToDate' || dataset.granularity !== 'None')
    throw bad('Invalid query definition: this is not the question that is served here.');
  const [sum] = Object.values(dataset.aggregation ?? {});
  if (sum?.name !== 'PreTaxCost' || sum.function !== 'Sum') throw bad('Invalid dataset aggregation.');
  const [group] = dataset.grouping ?? [];
  if (group?.type !== 'Dimension' || group.name !== 'ResourceId') throw bad('Invalid dataset grouping.');
  const by = dataset.filter?.dimensions;
  if (by?.name !== 'ResourceType' || by.operator !== 'In' || by.values === undefined)
    throw bad('Invalid dataset filter.');
  return by.values.map((type) => type.toLowerCase());
}

function grouped(charges: readonly Charge[], types: readonly string[]): readonly (readonly unknown[])[] {
  const sums = new Map<string, [number, string, string]>();
  for (const { resourceId, resourceType, amount, currency } of charges) {
    if (!types.includes(resourceType.toLowerCase())) continue;
    const key = `${resourceId} ${currency}`;
    sums.set(key, [(sums.get(key)?.[0] ?? 0) + amount, resourceId, currency]);
  }
  return [...sums.values()];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    throw bad('Invalid query definition, Dataset is invalid or not supplied.');
  }
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}
