import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import type { AzureMachine } from '../support/azure-double/machine.ts';
import { findMetric, metricCatalogue } from '../support/azure-double/metric-catalogue.ts';
import type { MovableClock } from '../support/azure-double/movable-clock.ts';
import { compareShapes, type Difference, shapeOf } from '../support/azure-double/payload-shape.ts';
import { type Plain, plainly } from '../support/azure-double/plain-request.ts';
import type { AzureSubscription } from '../support/azure-double/subscription.ts';

const examples = join(import.meta.dirname, '..', '..', '..', 'shared', 'azure-examples');
const isThere = existsSync(examples);

test('whether real payloads were there to compare with is said', () => {
  if (isThere) return;
  console.warn(
    `\nNOT COMPARED: ${examples} does not exist, so the payloads of the Azure stand-in were not held against recorded ones.\n`,
  );
});

test('a shape that lacks something or makes something up is found', () => {
  const ours = shapeOf({ a: 1, list: [{ b: 'x' }], mine: true, tags: { x: 1 } }, ['tags']);
  const theirs = shapeOf({ a: 'one', list: [{ b: 'x', c: null }], old: { deep: 1 }, tags: {} }, ['tags']);
  expect(compareShapes(ours, theirs, { notModelled: ['old'], newer: [] })).toEqual({
    missing: ['a: string', 'list[].c: null'],
    invented: ['a: number', 'mine: boolean'],
  });
});

interface Recording {
  readonly StatusCode: number;
  readonly ResponseBody: string;
  readonly ResponseHeaders: Readonly<Record<string, string | string[]>>;
}

const none: Difference = { missing: [], invented: [] };
const exactly = (file: string): Recording =>
  JSON.parse(readFileSync(join(examples, `${file}.json`), 'utf8')) as Recording;
const specified = (file: string): unknown =>
  (
    JSON.parse(readFileSync(join(examples, 'specs', `${file}.json`), 'utf8')) as {
      responses: { 200: { body: unknown } };
    }
  ).responses[200].body;
const documented = (file: string): never =>
  JSON.parse(readFileSync(join(examples, 'docs', `${file}.json`), 'utf8')) as never;

describe.skipIf(!isThere)('held against real payloads', () => {
  let azure: AzureDouble & { readonly clock: MovableClock };
  let subscription: AzureSubscription;
  let machine: AzureMachine;

  beforeEach(async () => {
    azure = await startAzureDouble();
    subscription = azure.world.addSubscription();
    machine = subscription.addMachine({ name: 'web', tags: { a: '1' }, hasBootDiagnostics: false });
  });
  afterEach(() => azure.close());

  const get = (target: string): Promise<Plain> => plainly(azure, target);
  const post = (action: string, body?: string): Promise<Plain> =>
    plainly(
      azure,
      `${machine.id}/${action}?api-version=2026-03-01`,
      body === undefined ? { method: 'POST' } : { method: 'POST', body },
    );
  const own = (header: unknown): string => String(header).slice(azure.origin.length);
  const keys = (body: string): string[] => Object.keys(JSON.parse(body) as object);

  // Disks on storage accounts, patch settings and extensions of that one machine; managed disks are what is made today.
  const machineOf2025 = {
    notModelled: [
      'properties.storageProfile.osDisk.vhd',
      'properties.storageProfile.imageReference.exactVersion',
      'properties.osProfile.linuxConfiguration.patchSettings',
      'properties.instanceView.extensions',
      'properties.instanceView.vmAgent.extensionHandlers',
      'resources',
    ],
    newer: ['properties.storageProfile.osDisk.managedDisk', 'properties.networkProfile.networkInterfaces[].properties'],
  };

  test.each([
    ['running', 'recordings-2025/vm-get-expand-instanceview-running'],
    ['deallocated', 'recordings-2025/vm-get-expand-instanceview-deallocated'],
  ])('a %s machine with its view has the shape and the words of the recorded one', async (powerState, file) => {
    machine.setPower(powerState);
    const ours = await get(`${machine.id}?api-version=2026-03-01&$expand=instanceView`);
    const theirs = exactly(file);

    const read = (
      body: string,
    ): { properties: { instanceView: { statuses: { code: string; displayStatus: string }[] } } } => JSON.parse(body);
    expect(
      compareShapes(shapeOf(read(ours.body), ['tags']), shapeOf(read(theirs.ResponseBody), ['tags']), machineOf2025),
    ).toEqual(none);
    const words = (body: string): string[] =>
      read(body).properties.instanceView.statuses.map(({ code, displayStatus }) => `${code} ${displayStatus}`);
    expect(words(ours.body)).toEqual(words(theirs.ResponseBody));
    expect(ours.body.slice(0, 5)).toBe(theirs.ResponseBody.slice(0, 5));
  });

  test('a machine of Windows has the shape of the recorded one', async () => {
    const window = subscription.addMachine({
      name: 'window',
      os: 'Windows',
      tags: { a: '1' },
      hasBootDiagnostics: false,
    });
    const ours = JSON.parse((await get(`${window.id}?api-version=2026-03-01&$expand=instanceView`)).body);
    const theirs = JSON.parse(exactly('recordings-2017-2021/vm-get-instanceview-running-windows').ResponseBody);
    const known = {
      notModelled: ['properties.storageProfile.dataDisks'],
      newer: ['etag', 'properties.timeCreated', 'properties.storageProfile.osDisk.deleteOption'],
    };
    expect(compareShapes(shapeOf(ours, ['tags']), shapeOf(theirs, ['tags']), known)).toEqual(none);
  });

  test('an empty list is the recorded one to the byte', async () => {
    subscription.addGroup('empty');
    const ours = await get(
      `/subscriptions/${subscription.id}/resourceGroups/empty/providers/Microsoft.Compute/virtualMachines?api-version=2024-11-01`,
    );
    expect(ours.body).toBe(exactly('recordings-2025/vm-list-by-rg-empty').ResponseBody);
  });

  test('a deallocation is accepted, polled and over in the recorded forms', async () => {
    const accepted = await post('deallocate');
    const going = await get(own(accepted.headers['azure-asyncoperation']));
    azure.clock.advance(600_000);
    const over = await get(own(accepted.headers['azure-asyncoperation']));
    const last = await get(own(accepted.headers.location));

    const theirs = exactly('recordings-2025/vm-deallocate-1-post-202').ResponseHeaders;
    // Traces of the front end, which no client reads.
    const untold = ['x-cache', 'x-ms-need-to-refresh-epl-cache', 'x-ms-operation-identifier', 'x-msedge-ref'];
    const names = Object.keys(theirs).filter((name) => !untold.includes(name));
    expect(names.filter((name) => accepted.headers[name] === undefined)).toEqual([]);
    for (const name of [
      'x-ms-ratelimit-remaining-resource',
      'x-ms-ratelimit-remaining-subscription-writes',
      'x-ms-ratelimit-remaining-subscription-global-writes',
      'content-length',
      'azure-asyncnotification',
    ])
      expect([name, accepted.headers[name]]).toEqual([name, theirs[name]]);
    const parameters = (url: unknown): string[] => [...new URL(String(url)).searchParams.keys()];
    expect(parameters(accepted.headers.location)).toEqual(parameters(theirs.location));
    expect(parameters(accepted.headers['azure-asyncoperation'])).toEqual(parameters(theirs['azure-asyncoperation']));

    const recordedGoing = exactly('recordings-2025/vm-deallocate-2-poll-inprogress');
    const recordedOver = exactly('recordings-2025/vm-deallocate-3-poll-succeeded');
    expect(keys(going.body)).toEqual(keys(recordedGoing.ResponseBody));
    expect(keys(over.body)).toEqual(keys(recordedOver.ResponseBody));
    // Same line ends and indentation: same length but for the length of the id.
    expect(going.headers['content-length']).toBe(recordedGoing.ResponseHeaders['content-length']);
    expect(over.headers['content-length']).toBe(recordedOver.ResponseHeaders['content-length']);
    const recordedLast = exactly('recordings-2025/vm-redeploy-4-location-final');
    expect([last.status, last.body]).toEqual([recordedLast.StatusCode, recordedLast.ResponseBody]);
  });

  test('a Run Command and a failure are told in the recorded forms', async () => {
    const shell = JSON.stringify({ commandId: 'RunShellScript', script: ['true'] });
    const accepted = await post('runCommand', shell);
    azure.clock.advance(600_000);
    const polled = JSON.parse((await get(own(accepted.headers['azure-asyncoperation']))).body);
    const last = JSON.parse((await get(own(accepted.headers.location))).body);
    const run = 'recordings-2017-2021/vm-runcommand';
    expect(
      compareShapes(
        shapeOf(polled),
        shapeOf(JSON.parse(exactly(`${run}-3-poll-succeeded-with-output`).ResponseBody)),
        {},
      ),
    ).toEqual(none);
    expect(
      compareShapes(shapeOf(last), shapeOf(JSON.parse(exactly(`${run}-4-location-final`).ResponseBody)), {}),
    ).toEqual(none);

    machine.foretell({ status: 'Failed' });
    const failing = await post('restart');
    azure.clock.advance(600_000);
    const failed = await get(own(failing.headers['azure-asyncoperation']));
    expect(keys(failed.body)).toEqual(keys(exactly('recordings-2017-2021/lro-failed-invalidparameter').ResponseBody));
  });

  test('refusals have the recorded shapes', async () => {
    const told = (answer: Plain): readonly string[] => shapeOf(JSON.parse(answer.body));
    const recorded = (file: string): readonly string[] =>
      shapeOf(JSON.parse(exactly(`recordings-2017-2021/${file}`).ResponseBody));
    machine.forbidden.add('virtualMachines/read');
    const forbidden = await get(`${machine.id}?api-version=2026-03-01`);
    const noGroup = await get(machine.id.replace('vigil-rg', 'nowhere').concat('?api-version=2026-03-01'));
    await post('restart');
    const conflict = await post('restart');

    expect([forbidden.status, noGroup.status, conflict.status]).toEqual([403, 404, 409]);
    expect(told(forbidden)).toEqual(recorded('error-403-authorizationfailed'));
    expect(told(noGroup)).toEqual(recorded('error-404-resourcegroupnotfound'));
    expect(JSON.parse(forbidden.body).error.message.replace(/'[^']*'/g, "''")).toBe(
      JSON.parse(exactly('recordings-2017-2021/error-403-authorizationfailed').ResponseBody).error.message.replace(
        /'[^']*'/g,
        "''",
      ),
    );
    expect(told(conflict)).toEqual(shapeOf(payload('409-concurrent-change').body));
  });

  interface Documented {
    readonly name: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: never;
  }
  const payload = (name: string): Documented => {
    const { payloads } = documented('error-payloads') as { payloads: readonly Documented[] };
    const found = payloads.find((one) => one.name === name);
    if (found === undefined) throw new Error(`There is no ${name}.`);
    return found;
  };

  test('throttling and bad tokens have the documented shapes', async () => {
    const target = `${machine.id}?api-version=2026-03-01`;
    for (const shape of ['arm', 'compute', 'metrics'] as const) {
      azure.world.scriptFault({}, { kind: 'throttle', retryAfter: 'none', shape });
      const name = { arm: '429-arm-subscription-actor', compute: '429-compute-rp', metrics: '429-metrics-backend' }[
        shape
      ];
      expect(shapeOf(JSON.parse((await get(target)).body))).toEqual(shapeOf(payload(name).body));
    }
    azure.world.scriptFault({}, { kind: 'throttle', retryAfter: 1 });
    const anonymous = await plainly(azure, '/subscriptions?api-version=2022-12-01', { isAnonymous: true });
    const blank = (text: unknown): string => String(text).replace(/[0-9a-f-]{36}/g, '');
    azure.world.faults.clear();
    const refused = await plainly(azure, '/subscriptions?api-version=2022-12-01', { isAnonymous: true });
    expect(anonymous.status).toBe(429);
    expect(blank(refused.headers['www-authenticate'])).toBe(
      blank(payload('401-missing-authorization').headers['WWW-Authenticate']),
    );
  });

  test('metrics, their definitions and batches have the recorded and specified shapes', async () => {
    const base = `${machine.id}/providers/Microsoft.Insights`;
    const ours = JSON.parse((await get(`${base}/metrics?api-version=2024-02-01&metricnames=Percentage%20CPU`)).body);
    const theirs = JSON.parse(exactly('recordings-2017-2021/metrics-vm-percentage-cpu-24h-pt1m').ResponseBody);
    expect(compareShapes(shapeOf(ours), shapeOf(theirs), {})).toEqual(none);

    const definitions = JSON.parse((await get(`${base}/metricDefinitions?api-version=2024-02-01`)).body);
    const recorded = JSON.parse(exactly('recordings-2017-2021/metric-definitions-vm').ResponseBody);
    expect(compareShapes(shapeOf(definitions), shapeOf(recorded), {})).toEqual(none);

    const target = `/subscriptions/${subscription.id}/metrics:getBatch?api-version=2024-02-01&metricnamespace=x&metricnames=Percentage%20CPU&aggregation=average,minimum,maximum`;
    const batch = JSON.parse(
      (await plainly(azure, target, { method: 'POST', body: JSON.stringify({ resourceids: [machine.id] }) })).body,
    );
    expect(
      compareShapes(shapeOf(batch), shapeOf(specified('metrics-batch-2024-02-01-MetricBatchExample')), {
        notModelled: ['values[].value[].timeseries[].metadatavalues'],
      }),
    ).toEqual(none);

    const region = JSON.parse(
      (
        await plainly(
          azure,
          `/subscriptions/${subscription.id}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&region=eastus`,
          {
            method: 'POST',
            body: JSON.stringify({ metricNames: 'Percentage CPU', aggregation: 'count' }),
          },
        )
      ).body,
    );
    expect(
      compareShapes(shapeOf(region), shapeOf(specified('monitor-2024-02-01-PostMultiResourceMetricBody')), {}),
    ).toEqual(none);
  });

  test('every metric of ours is one of the documented, with its unit and usual aggregation', () => {
    const { metrics } = documented('vm-platform-metrics') as {
      metrics: readonly { nameInRestApi: string; unit: string; defaultAggregation: string; dimension: string | null }[];
    };
    for (const ours of metricCatalogue) {
      const theirs = metrics.find(({ nameInRestApi }) => nameInRestApi === ours.name);
      expect([ours.name, ours.unit, ours.dimension]).toEqual([theirs?.nameInRestApi, theirs?.unit, theirs?.dimension]);
      expect(theirs?.defaultAggregation).toContain(ours.usual);
    }
    expect(findMetric('percentage cpu')?.name).toBe('Percentage CPU');
  });

  test('activity log, resource health and a sleeping machine have the recorded, specified and documented shapes', async () => {
    await post('restart');
    const log = `/subscriptions/${subscription.id}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent("eventTimestamp ge '2020-01-01'")}`;
    const whole = JSON.parse((await get(log)).body);
    const recorded = JSON.parse(exactly('recordings-2017-2021/activity-log-security-no-select').ResponseBody);
    expect(
      compareShapes(shapeOf(whole), shapeOf(recorded), {
        notModelled: ['value[].claims', 'value[].httpRequest', 'value[].properties'],
      }),
    ).toEqual(none);
    const some = JSON.parse((await get(`${log}&$select=eventName,eventTimestamp,operationName,resourceId`)).body);
    const recordedSome = JSON.parse(exactly('recordings-2017-2021/activity-log-vm-select').ResponseBody);
    expect(compareShapes(shapeOf(some), shapeOf(recordedSome), {})).toEqual(none);

    machine.setPower('stopped');
    const health = JSON.parse(
      (
        await get(
          `${machine.id}/providers/Microsoft.ResourceHealth/availabilityStatuses/current?api-version=2020-05-01`,
        )
      ).body,
    );
    const known = {
      notModelled: ['properties.detailedStatus', 'properties.rootCauseAttributionTime', 'properties.resolutionETA'],
      newer: ['properties.title', 'properties.category', 'properties.context'],
    };
    const example = specified('resourcehealth-2020-05-01-AvailabilityStatus_GetByResource');
    expect(compareShapes(shapeOf(health), shapeOf(example), known)).toEqual(none);

    machine.operation?.end('Succeeded');
    machine.setPower('deallocated');
    machine.isHibernated = true;
    const { statuses } = JSON.parse((await get(`${machine.id}/instanceView?api-version=2026-03-01`)).body);
    const sleeping = documented('instanceview-statuses-hibernated') as { statuses: readonly { code: string }[] };
    expect(statuses.map(({ code }: { code: string }) => code)).toEqual(sleeping.statuses.map(({ code }) => code));
  });
});
