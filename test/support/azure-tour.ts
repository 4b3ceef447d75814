import { ComputeManagementClient } from '@azure/arm-compute';
import { MonitorClient } from '@azure/arm-monitor';
import { MicrosoftResourceHealth } from '@azure/arm-resourcehealth';
import type { TokenCredential } from '@azure/core-auth';
import type { PipelinePolicy, RestError } from '@azure/core-rest-pipeline';
import { MetricsClient } from '@azure/monitor-query-metrics';
import { shapeOf } from './azure-double/payload-shape.ts';

export interface TourOptions {
  readonly credential: TokenCredential;
  readonly subscriptionId: string;
  /** Left out: the public cloud. */
  readonly endpoint?: string;
  /** The batch host of a region. */
  readonly metricsEndpoint?: (region: string) => string;
  readonly ca?: string;
}

/** What a look at a subscription found. Nothing in it names a machine. */
export interface Tour {
  readonly machines: number;
  /** How many machines are in which power state; `none` where the status list left it out. */
  readonly powers: Readonly<Record<string, number>>;
  /** Ids that differ between the two lists by more than case. */
  readonly unmatched: number;
  /** Minutes since the newest value of each metric; null: no value in the last quarter of an hour. */
  readonly newestMinutes: Readonly<Record<string, number | null>>;
  /** Status of a batch of metrics. */
  readonly batch: number;
  readonly health: string;
  /** Headers that tell what is left. */
  readonly remaining: readonly string[];
  /** Shapes as they came, by kind of answer. */
  readonly shapes: Readonly<Record<'status' | 'machine' | 'view' | 'metrics', readonly string[]>>;
}

const metricNames = ['Percentage CPU', 'Available Memory Bytes', 'Network In Total'];
const namespace = 'Microsoft.Compute/virtualMachines';
const minuteMs = 60_000;
/** A look must not hang on a service that does not answer. */
const patienceMs = 60_000;

/** Nothing but reads leaves: whatever else a mistake in here would send is refused before it does. */
const readsOnly: PipelinePolicy = {
  name: 'readsOnly',
  sendRequest: (request, next) => {
    const isRead = request.method === 'GET' || new URL(request.url).pathname.endsWith('/metrics:getBatch');
    if (!isRead) throw new Error(`${request.method} is no read.`);
    return next(request);
  },
};

/** Looks at a subscription the way Vigil does, without changing anything. */
export async function tourSubscription(options: TourOptions): Promise<Tour> {
  const { credential, subscriptionId, endpoint, ca } = options;
  const bodies: Record<string, unknown> = {};
  const remaining = new Set<string>();
  const listener: PipelinePolicy = {
    name: 'listener',
    sendRequest: async (request, next) => {
      request.timeout = patienceMs;
      const response = await next(request);
      const { pathname, searchParams } = new URL(request.url);
      for (const [name, value] of response.headers)
        if (/ratelimit-remaining/i.test(name)) remaining.add(`${name}: ${value}`);
      const kind = kindOf(pathname, searchParams);
      if (kind !== null && response.status === 200) bodies[kind] ??= JSON.parse(response.bodyAsText ?? '{}');
      return response;
    },
  };
  const common = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    additionalPolicies: [readsOnly, listener].map((policy) => ({ policy, position: 'perCall' as const })),
  };
  const compute = new ComputeManagementClient(credential, subscriptionId, common);
  const monitor = new MonitorClient(credential, subscriptionId, common);
  const resourceHealth = new MicrosoftResourceHealth(credential, subscriptionId, common);

  const known = new Map<string, { id: string; name: string; region: string }>();
  for await (const { id = '', name = '', location = '' } of compute.virtualMachines.listAll())
    known.set(id.toLowerCase(), { id, name, region: location });
  const powers: Record<string, number> = {};
  let unmatched = 0;
  for await (const { id = '', instanceView } of compute.virtualMachines.listAll({ statusOnly: 'true' })) {
    if (!known.has(id.toLowerCase())) unmatched += 1;
    const code = instanceView?.statuses?.find((status) => status.code?.startsWith('PowerState/'))?.code;
    const power = code?.slice('PowerState/'.length) ?? 'none';
    powers[power] = (powers[power] ?? 0) + 1;
  }
  const [first] = known.values();
  const empty = { newestMinutes: {}, batch: 0, health: 'nobody to ask about' };
  const looked = first === undefined ? empty : await lookAt(first);
  const shape = (kind: string): readonly string[] => shapeOf(bodies[kind] ?? {}, opaque);
  const shapes = { status: shape('status'), machine: shape('machine'), view: shape('view'), metrics: shape('metrics') };
  return { machines: known.size, powers, unmatched, ...looked, remaining: [...remaining].toSorted(), shapes };

  async function lookAt({
    id,
    region,
  }: {
    id: string;
    region: string;
  }): Promise<Pick<Tour, 'newestMinutes' | 'batch' | 'health'>> {
    const [, , , group = '', ...rest] = id.split('/').slice(1);
    await compute.virtualMachines.instanceView(group, rest.at(-1) ?? '');
    const now = Date.now();
    const timespan = `${new Date(now - 15 * minuteMs).toISOString()}/${new Date(now).toISOString()}`;
    const { value } = await monitor.metrics.list(id, {
      metricnames: metricNames.join(','),
      timespan,
      interval: 'PT1M',
    });
    const newestMinutes = Object.fromEntries(
      value.map(({ name, timeseries }) => {
        const newest = timeseries?.[0]?.data?.findLast(({ average, total }) => (average ?? total) !== undefined);
        return [name.value, newest === undefined ? null : Math.round((now - newest.timeStamp.getTime()) / minuteMs)];
      }),
    );
    const health = await resourceHealth.availabilityStatuses.getByResource(id).then(
      ({ properties }) => properties?.availabilityState ?? 'nothing said',
      (error: RestError) => error.code ?? error.message,
    );
    return { newestMinutes, health, batch: await batchStatus(id, region, now) };
  }

  async function batchStatus(id: string, region: string, now: number): Promise<number> {
    const host = options.metricsEndpoint?.(region) ?? `https://${region}.metrics.monitor.azure.com`;
    const client = new MetricsClient(host, credential, common);
    const time = { startTime: new Date(now - 15 * minuteMs), endTime: new Date(now), interval: 'PT1M' };
    return client.queryResources([id], ['Percentage CPU'], namespace, time).then(
      () => 200,
      ({ statusCode }: RestError) => statusCode ?? 0,
    );
  }
}

/** Of a person's own making, so only that they are there is told. */
const opaque = ['value[].tags', 'value[].identity', 'value[].plan', 'value[].properties.osProfile'];

function kindOf(pathname: string, query: URLSearchParams): keyof Tour['shapes'] | null {
  if (/\/instanceView$/i.test(pathname)) return 'view';
  if (/\/metrics$/i.test(pathname)) return 'metrics';
  if (!/\/virtualMachines$/i.test(pathname)) return null;
  return query.get('statusOnly') === 'true' ? 'status' : 'machine';
}
