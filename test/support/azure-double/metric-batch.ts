import { Refusal } from './answer.ts';
import type { Call } from './call.ts';
import type { AzureMachine } from './machine.ts';
import { machineId } from './machine-model.ts';
import { checkQuery } from './metric-query.ts';
import { metricValues } from './metric-routes.ts';
import { subscriptionOf } from './resource-lookup.ts';
import type { Found, Route } from './route.ts';
import type { Service } from './service.ts';
import type { AzureWorld } from './world.ts';

const mostIds = 50;

/** The batch host: many machines of one region in one call. */
export function metricBatch(service: Service): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/subscriptions/{sub}/metrics:getBatch',
      cost: 'none',
      right: 'Microsoft.Insights/metrics/read',
      handle: (call, found) => ({ status: 200, body: { values: values(service.world, call, found) } }),
    },
  ];
}

/** Whether a path belongs to the batch host, which has limits and words of its own. */
export function isBatch(segments: readonly string[]): boolean {
  return segments.at(-1)?.toLowerCase() === 'metrics:getbatch';
}

function values(world: AzureWorld, call: Call, found: Found): unknown[] {
  const subscription = subscriptionOf(world, found);
  if (subscription.rights === 'machines-only' || subscription.rights === 'nothing')
    throw new Refusal(
      401,
      'Unauthorized',
      `The principal does not have authorization to perform action 'Microsoft.Insights/metrics/read' over scope '/subscriptions/${subscription.id}'.`,
    );
  const { query } = call;
  const namespace = query.get('metricnamespace');
  if (namespace === undefined) throw bad('The query parameter metricnamespace is required.');
  if (query.has('timespan') && (query.has('starttime') || query.has('endtime')))
    throw bad('The parameters starttime and endtime cannot be combined with timespan.');
  const ids = readIds(call.body);
  const machines = ids.map((id) => ({ id, machine: byId(world, id) }));
  checkSame(machines, found);
  const now = world.clock.wallNow();
  const to = Date.parse(query.get('endtime') ?? new Date(now).toISOString());
  const from = Date.parse(query.get('starttime') ?? new Date(to - 60 * 60_000).toISOString());
  const asked = {
    names: query.get('metricnames'),
    aggregation: query.get('aggregation'),
    interval: query.get('interval'),
  };
  const checked = checkQuery({ ...asked, from, to, now, isWrapped: true });
  return machines.toReversed().flatMap(({ machine }) =>
    machine === undefined || world.batchLeavesOut.has(machine.id.toLowerCase())
      ? []
      : [
          {
            starttime: new Date(from).toISOString(),
            endtime: new Date(to).toISOString(),
            interval: checked.interval,
            value: metricValues(world, machine, checked),
            namespace: namespace.toLowerCase(),
            resourceregion: machine.region,
            resourceid: machineId(machine, 'small'),
          },
        ],
  );
}

function readIds(body: string): readonly string[] {
  let read: unknown;
  try {
    read = (JSON.parse(body) as { resourceids?: unknown }).resourceids;
  } catch {
    throw bad('The request body is not valid JSON.');
  }
  // Exactly this spelling: `resourceIds` is not seen.
  if (!Array.isArray(read) || read.length === 0) throw bad('The property resourceids of the body is required.');
  if (read.length > mostIds)
    throw bad(`At most ${mostIds} resource ids are allowed in one call, ${read.length} were given.`);
  return read.map(String);
}

function checkSame(
  asked: readonly { readonly id: string; readonly machine: AzureMachine | undefined }[],
  { sub }: Found,
): void {
  for (const { id } of asked)
    if (id.split('/')[2]?.toLowerCase() !== sub?.toLowerCase())
      throw bad('All resources must belong to the same subscription.');
  const regions = new Set(
    asked.flatMap(({ machine }) => (machine === undefined ? [] : [machine.region.toLowerCase()])),
  );
  if (regions.size > 1) throw bad('All resources must be in the same region as the endpoint.');
}

function byId(world: AzureWorld, id: string): AzureMachine | undefined {
  return world.machines.find((machine) => machine.id.toLowerCase() === id.toLowerCase());
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}
