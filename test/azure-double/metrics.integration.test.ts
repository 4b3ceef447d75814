import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { listed } from '../support/azure-double/client-options.ts';
import type { AzureMachine } from '../support/azure-double/machine.ts';
import { monitorClients } from '../support/azure-double/monitor-clients.ts';
import { plainly } from '../support/azure-double/plain-request.ts';
import type { AzureSubscription } from '../support/azure-double/subscription.ts';
import { ManualClock } from '../support/manual-clock.ts';

const namespace = 'Microsoft.Compute/virtualMachines';
const minuteMs = 60_000;

let azure: AzureDouble & { readonly clock: ManualClock };
let subscription: AzureSubscription;
let machine: AzureMachine;
let clients: ReturnType<typeof monitorClients>;

beforeEach(async () => {
  azure = await startAzureDouble({ clock: new ManualClock('2026-11-21T12:00:30.000Z') });
  subscription = azure.world.addSubscription();
  machine = subscription.addMachine({ name: 'web' });
  clients = monitorClients(azure, subscription.id);
});
afterEach(() => azure.close());

function lastMinutes(count: number): string {
  const now = azure.clock.wallNow();
  return `${new Date(now - count * minuteMs).toISOString()}/${new Date(now).toISOString()}`;
}

async function cpu(id = machine.id): Promise<readonly [time: string, average: number | undefined][]> {
  const { value } = await clients.monitor.metrics.list(id, {
    metricnames: 'percentage cpu',
    timespan: lastMinutes(6),
    interval: 'PT1M',
  });
  return (value[0]?.timeseries?.[0]?.data ?? []).map(({ timeStamp, average }) => [
    timeStamp.toISOString().slice(11, 19),
    average,
  ]);
}

const list = (options: Record<string, string>): Promise<unknown> => clients.monitor.metrics.list(machine.id, options);

test('13.23 the newest minutes are empty, values come late and still change, and some never come', async () => {
  machine.metrics.set('percentage cpu', (minute) => (minute % 60 === 56 ? null : 50));
  expect(await cpu()).toEqual([
    ['11:54:00', 50],
    ['11:55:00', 50],
    ['11:56:00', undefined],
    ['11:57:00', 45],
    ['11:58:00', undefined],
    ['11:59:00', undefined],
    ['12:00:00', undefined],
  ]);

  await azure.clock.advance(minuteMs);
  expect((await cpu()).slice(2, 5)).toEqual([
    ['11:57:00', 50],
    ['11:58:00', 45],
    ['11:59:00', undefined],
  ]);
});

test('13.23 nothing at all is an empty series, zero is a value, and one metric may fail alone', async () => {
  const off = subscription.addMachine({ name: 'off', powerState: 'deallocated' });
  const old = subscription.addMachine({ name: 'old' });
  old.missingMetrics.add('available memory bytes');
  old.metrics.set('percentage cpu', 0);
  old.metricErrors.set('network in total', { code: 'InternalServerError', message: 'Try again.' });
  const metricnames = 'Percentage CPU,Available Memory Bytes,Network In Total';
  const ask = (id: string): ReturnType<ReturnType<typeof monitorClients>['monitor']['metrics']['list']> =>
    clients.monitor.metrics.list(id, { metricnames, timespan: lastMinutes(8), interval: 'PT1M' });

  const [ofOff, ofOld] = [await ask(off.id), await ask(old.id)];
  const definitions = await listed(clients.monitor.metricDefinitions.list(old.id));

  expect(ofOff.value.map(({ timeseries }) => timeseries)).toEqual([[], [], []]);
  const byName = new Map(ofOld.value.map((one) => [one.name.value, one]));
  expect(byName.get('Percentage CPU')?.timeseries?.[0]?.data?.[0]?.average).toBe(0);
  expect(byName.get('Available Memory Bytes')?.timeseries).toEqual([]);
  expect(byName.get('Network In Total')).toMatchObject({ errorCode: 'InternalServerError', timeseries: [] });
  expect(definitions.map((one) => one.name?.value)).not.toContain('Available Memory Bytes');
});

test('13.23 a machine has values for the time in which it ran', async () => {
  machine.metrics.set('percentage cpu', 10);
  machine.setPower('stopped');
  await azure.clock.advance(8 * minuteMs);
  machine.setPower('running');
  await azure.clock.advance(5 * minuteMs);
  const { value } = await clients.monitor.metrics.list(machine.id, { timespan: lastMinutes(16), interval: 'PT1M' });

  const data = value[0]?.timeseries?.[0]?.data ?? [];
  expect(data.map(({ average }) => (average === undefined ? '-' : 'x')).join('')).toBe('xxxx--------xx---');
});

test('13.24 only the aggregations that were asked for, each metric its own when none was', async () => {
  const own = await clients.monitor.metrics.list(machine.id, {
    metricnames: 'Disk Read Bytes,Percentage CPU',
    timespan: lastMinutes(9),
    interval: 'PT1M',
  });
  const asked = await clients.monitor.metrics.list(machine.id, {
    metricnames: 'Percentage CPU',
    aggregation: 'Maximum,count',
    timespan: lastMinutes(9),
    interval: 'PT5M',
  });

  const keys = (point: object | undefined): string[] =>
    Object.entries(point ?? {}).flatMap(([key, value]) => (value === undefined || key === 'timeStamp' ? [] : [key]));
  expect(own.value.map((one) => [one.name.value, keys(one.timeseries?.[0]?.data?.[0])])).toEqual([
    ['Percentage CPU', ['average']],
    ['Disk Read Bytes', ['total']],
  ]);
  expect(keys(asked.value[0]?.timeseries?.[0]?.data?.[0]).toSorted()).toEqual(['count', 'maximum']);
  expect(asked.value[0]?.timeseries?.[0]?.data?.[0]?.count).toBe(5);
});

test('13.24 too many names, an unknown grain, an unknown metric and a time that is too old get 400 without a wrapper', async () => {
  const old = `${new Date(azure.clock.wallNow() - 94 * 24 * 60 * minuteMs).toISOString()}/${new Date(azure.clock.wallNow()).toISOString()}`;
  const names = Array.from({ length: 21 }, () => 'Percentage CPU').join(',');
  for (const [options, text] of [
    [{ metricnames: names }, /21 bigger than allowed max: 20/],
    [{ metricnames: 'Percentage CPU', interval: 'PT7M' }, /invalid time grain/],
    [{ metricnames: 'Guest Disk Percent' }, /Failed to find metric configuration/],
    [{ metricnames: 'Percentage CPU', timespan: old }, /93 days/],
  ] as const)
    await expect(list(options)).rejects.toMatchObject({
      statusCode: 400,
      code: 'BadRequest',
      message: expect.stringMatching(text),
    });

  const raw = await plainly(
    azure,
    `${machine.id}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&interval=PT7M`,
  );
  expect(Object.keys(JSON.parse(raw.body))).toEqual(['code', 'message']);
});

test('13.24 minutes are aligned to the minute and the time is told back without fractions', async () => {
  const { timespan } = await clients.monitor.metrics.list(machine.id, { timespan: lastMinutes(5) });
  expect(timespan).toBe('2026-11-21T11:55:30Z/2026-11-21T12:00:30Z');
  expect((await cpu()).every(([time]) => time.endsWith(':00'))).toBe(true);
});

test('13.25 a batch answers in another order and may leave one out', async () => {
  const others = [subscription.addMachine(), subscription.addMachine()];
  azure.world.batchLeavesOut.add(others[0]?.id.toLowerCase() ?? '');
  const ids = [machine, ...others].map(({ id }) => id);
  const now = new Date(azure.clock.wallNow());

  const results = await clients.metrics.queryResources(ids, ['Percentage CPU', 'Network In Total'], namespace, {
    startTime: new Date(now.getTime() - 10 * minuteMs),
    endTime: now,
    interval: 'PT1M',
    aggregation: 'Average,Total',
  });

  expect(results.map(({ resourceId }) => resourceId)).toEqual([ids[2]?.toLowerCase(), ids[0]?.toLowerCase()]);
  expect(results[0]?.metrics.map(({ name }) => name)).toEqual(['Network In Total', 'Percentage CPU']);
});

test('13.25 a batch refuses too many ids, mixed regions, another spelling and two ways to say when, and wraps it', async () => {
  const far = subscription.addMachine({ name: 'far', region: 'japaneast' });
  const ask = (ids: readonly string[]): Promise<unknown> =>
    clients.metrics.queryResources([...ids], ['Percentage CPU'], namespace, {});
  const bad = { statusCode: 400, code: 'BadRequest' };
  await expect(ask(Array.from({ length: 51 }, () => machine.id))).rejects.toMatchObject(bad);
  await expect(ask([machine.id, far.id])).rejects.toMatchObject(bad);

  const target = `/subscriptions/${subscription.id}/metrics:getBatch?api-version=2024-02-01&metricnamespace=${encodeURIComponent(namespace)}&metricnames=Percentage%20CPU`;
  const spelled = await plainly(azure, target, { method: 'POST', body: JSON.stringify({ resourceIds: [machine.id] }) });
  const both = await plainly(azure, `${target}&starttime=2026-11-21T11:00:00Z&timespan=PT1H`, {
    method: 'POST',
    body: JSON.stringify({ resourceids: [machine.id] }),
  });
  expect([spelled.status, both.status]).toEqual([400, 400]);
  expect(Object.keys(JSON.parse(both.body))).toEqual(['error']);
});

test('13.25 with rights on machines only a batch gets 401 and single calls work', async () => {
  subscription.rights = 'machines-only';
  const batch = clients.metrics.queryResources([machine.id], ['Percentage CPU'], namespace, {});
  await expect(batch).rejects.toMatchObject({ statusCode: 401 });
  expect((await clients.monitor.metrics.list(machine.id, {})).value).toHaveLength(1);
});

test('the metrics of a region come in one call, told apart by id', async () => {
  subscription.addMachine({ name: 'db' });
  subscription.addMachine({ name: 'far', region: 'japaneast' });
  const { value } = await clients.monitor.metrics.listAtSubscriptionScopePost('eastus', {
    body: {
      timespan: lastMinutes(10),
      interval: 'PT1M',
      metricNames: 'Percentage CPU',
      aggregation: 'average',
      filter: "Microsoft.ResourceId eq '*'",
      metricNamespace: namespace,
    },
  });
  const ids = value[0]?.timeseries?.map(({ metadatavalues }) => metadatavalues?.[0]?.value?.split('/').at(-1));
  expect(ids).toEqual(['web', 'db']);
});
