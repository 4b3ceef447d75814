import { Refusal } from './answer.ts';
import { secondTime } from './arm-time.ts';
import type { AzureMachine } from './machine.ts';
import { machineId } from './machine-model.ts';
import { grains, type Metric, metricCatalogue, retentionDays } from './metric-catalogue.ts';
import { checkQuery, type MetricQuery, readTimespan } from './metric-query.ts';
import { hasAny, points } from './metric-series.ts';
import { machineOf, subscriptionOf } from './resource-lookup.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';
import type { AzureWorld } from './world.ts';

const ofMachine =
  '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}/providers/Microsoft.Insights';
const namespace = 'Microsoft.Compute/virtualMachines';

/** Metrics of one machine, their definitions, and those of a whole region of a subscription. */
export function metricRoutes({ world }: Service): readonly Route[] {
  return [
    {
      method: 'GET',
      path: `${ofMachine}/metrics`,
      cost: 'other',
      right: 'Microsoft.Insights/metrics/read',
      handle: (call, found) => {
        const machine = machineOf(subscriptionOf(world, found), found);
        const now = world.clock.wallNow();
        const { from, to } = readTimespan(call.query.get('timespan'), now, false);
        const query = checkQuery({
          names: call.query.get('metricnames'),
          aggregation: call.query.get('aggregation'),
          interval: call.query.get('interval'),
          from,
          to,
          now,
          isWrapped: false,
        });
        const value = metricValues(world, machine, query);
        return {
          status: 200,
          body: {
            cost: costOf(query, 1),
            timespan: `${secondTime(from)}/${secondTime(to)}`,
            interval: query.interval,
            value,
            namespace,
            resourceregion: machine.region,
          },
        };
      },
    },
    {
      method: 'GET',
      path: `${ofMachine}/metricDefinitions`,
      cost: 'other',
      right: 'Microsoft.Insights/metricDefinitions/read',
      handle: (_call, found) => {
        const machine = machineOf(subscriptionOf(world, found), found);
        const value = metricCatalogue
          .filter(({ name }) => !machine.missingMetrics.has(name.toLowerCase()))
          .map((metric) => definition(machine, metric));
        return { status: 200, body: { value } };
      },
    },
    {
      method: 'POST',
      path: '/subscriptions/{sub}/providers/Microsoft.Insights/metrics',
      cost: 'other',
      right: 'Microsoft.Insights/metrics/action',
      handle: (call, found) => {
        const subscription = subscriptionOf(world, found);
        const region = call.query.get('region');
        if (region === undefined) throw new Refusal(400, 'BadRequest', 'Missing required region params');
        const body = JSON.parse(call.body || '{}') as Record<string, string | undefined>;
        const now = world.clock.wallNow();
        const { from, to } = readTimespan(body.timespan ?? call.query.get('timespan'), now, true);
        const query = checkQuery({
          names: body.metricNames ?? call.query.get('metricnames'),
          aggregation: body.aggregation ?? call.query.get('aggregation'),
          interval: body.interval ?? call.query.get('interval'),
          from,
          to,
          now,
          isWrapped: true,
        });
        const top = Number(body.top ?? 10);
        const machines = subscription.machines.filter((one) => one.region.toLowerCase() === region.toLowerCase());
        return {
          status: 200,
          body: {
            cost: costOf(query, machines.length),
            timespan: `${secondTime(from)}/${secondTime(to)}`,
            interval: query.interval,
            value: query.metrics.map((metric) => ({
              id: `subscriptions/${subscription.id}/providers/Microsoft.Insights/metrics/${metric.name}`,
              ...head(metric),
              timeseries: machines.slice(0, top).flatMap((machine) => dimensioned(world, machine, metric, query)),
              errorCode: 'Success',
            })),
            namespace: namespace.toLowerCase(),
            resourceregion: region.toLowerCase(),
          },
        };
      },
    },
  ];
}

/** One entry per metric, in another order than asked. */
export function metricValues(world: AzureWorld, machine: AzureMachine, query: MetricQuery): Record<string, unknown>[] {
  return query.metrics.toReversed().map((metric) => {
    const trouble = machine.metricErrors.get(metric.name.toLowerCase());
    const data = trouble === undefined ? points(world, machine, metric, query.span, aggregationsOf(metric, query)) : [];
    return {
      id: `${machineId(machine, 'as made')}/providers/Microsoft.Insights/metrics/${metric.name}`,
      ...head(metric),
      timeseries: hasAny(data) ? [{ metadatavalues: [], data }] : [],
      errorCode: trouble?.code ?? 'Success',
      ...(trouble === undefined ? {} : { errorMessage: trouble.message }),
    };
  });
}

function dimensioned(world: AzureWorld, machine: AzureMachine, metric: Metric, query: MetricQuery): unknown[] {
  const data = points(world, machine, metric, query.span, aggregationsOf(metric, query));
  const name = { value: 'microsoft.resourceid', localizedValue: 'microsoft.resourceid' };
  return hasAny(data) ? [{ metadatavalues: [{ name, value: machineId(machine, 'small') }], data }] : [];
}

function aggregationsOf(metric: Metric, { wanted }: MetricQuery): MetricQuery['wanted'] {
  return wanted.length > 0 ? wanted : [metric.usual === 'Total' ? 'total' : 'average'];
}

function head({ name, unit }: Metric): Record<string, unknown> {
  return {
    type: 'Microsoft.Insights/metrics',
    name: { value: name, localizedValue: name },
    displayDescription: `${name} of the virtual machine`,
    unit,
  };
}

function costOf({ metrics, span }: MetricQuery, machines: number): number {
  return Math.max(0, Math.ceil((span.to - span.from) / 60_000) * metrics.length * machines - 1);
}

function definition(machine: AzureMachine, { name, unit, usual, dimension }: Metric): Record<string, unknown> {
  const id = machineId(machine, 'as made');
  return {
    id: `${id}/providers/microsoft.insights/metricdefinitions/${name}`,
    resourceId: id,
    namespace,
    name: { value: name, localizedValue: name },
    displayDescription: `${name} of the virtual machine`,
    isDimensionRequired: false,
    unit,
    primaryAggregationType: usual,
    supportedAggregationTypes: ['None', 'Average', 'Minimum', 'Maximum', 'Total', 'Count'],
    metricAvailabilities: Object.keys(grains).map((timeGrain) => ({ timeGrain, retention: `P${retentionDays}D` })),
    ...(dimension === null ? {} : { dimensions: [{ value: dimension, localizedValue: dimension }] }),
  };
}
