import { gzipSync } from 'node:zlib';
import type { ComputeManagementClient } from '@azure/arm-compute';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountClients } from '../support/azure-double/account-clients.ts';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { listed } from '../support/azure-double/client-options.ts';
import { computeClient } from '../support/azure-double/compute-client.ts';
import type { AzureMachine } from '../support/azure-double/machine.ts';
import { monitorClients } from '../support/azure-double/monitor-clients.ts';
import type { MovableClock } from '../support/azure-double/movable-clock.ts';
import { plainly } from '../support/azure-double/plain-request.ts';
import type { AzureSubscription } from '../support/azure-double/subscription.ts';

const rg = 'vigil-rg';
const quick = { updateIntervalInMs: 1 };

let azure: AzureDouble & { readonly clock: MovableClock };
let subscription: AzureSubscription;
let machine: AzureMachine;
let compute: ComputeManagementClient;
let clients: ReturnType<typeof accountClients> & ReturnType<typeof monitorClients>;

beforeEach(async () => {
  azure = await startAzureDouble();
  subscription = azure.world.addSubscription();
  machine = subscription.addMachine({ name: 'web', tags: { team: 'a' }, publicAddress: '203.0.113.7' });
  compute = computeClient(azure, subscription.id);
  clients = { ...accountClients(azure, subscription.id), ...monitorClients(azure, subscription.id) };
  Object.assign(azure.world.durations, { snapshot: 2, delete: 2, update: 2, restart: 2 });
});
afterEach(() => azure.close());

interface NetworkProperties {
  readonly ipConfigurations?: readonly { readonly properties: { readonly publicIPAddress: { readonly id: string } } }[];
}

const envelope = (name: string, time = new Date().toISOString()): Record<string, unknown> => ({
  name,
  time,
  iKey: 'c1f83947-938c-5e2a-82ff-804be07647bc',
  data: { baseType: 'EventData', baseData: { ver: 2, name } },
});

test('13.33 telemetry one a line and packed is kept, what is too old or refused is told by its place', async () => {
  azure.ingestion.judge = ({ name }) => (name === 'busy' ? { statusCode: 429, message: 'later' } : null);
  const lines = [envelope('kept'), envelope('busy'), envelope('old', '2020-01-01T00:00:00Z')]
    .map((one) => JSON.stringify(one))
    .join('\n');

  const answer = await plainly(azure, '/v2.1/track', {
    method: 'POST',
    isAnonymous: true,
    headers: { 'content-type': 'application/x-json-stream', 'content-encoding': 'gzip' },
    body: gzipSync(lines),
  });

  const told = JSON.parse(answer.body);
  expect([answer.status, told.itemsReceived, told.itemsAccepted]).toEqual([206, 3, 1]);
  expect(told.errors.map((error: { index: number; statusCode: number }) => [error.index, error.statusCode])).toEqual([
    [1, 429],
    [2, 400],
  ]);
  expect(azure.ingestion.kept.map(({ name }) => name)).toEqual(['kept']);
});

test('13.33 telemetry may meet 429 and 307 as well', async () => {
  azure.world.scriptFault({ last: 'track' }, { kind: 'throttle', retryAfter: 3 });
  azure.world.scriptFault({ last: 'track' }, { kind: 'redirect', to: 'same-origin' });
  const send = (): ReturnType<typeof plainly> =>
    plainly(azure, '/v2.1/track', { method: 'POST', isAnonymous: true, body: JSON.stringify([envelope('one')]) });

  const answers = [await send(), await send(), await send()];
  expect(answers.map(({ status }) => status)).toEqual([429, 307, 200]);
  expect(answers[1]?.headers.location).toBe(`${azure.origin}/v2.1/track`);
});

test('resource health tells who stopped a machine, in the spelling of its version', async () => {
  const ask = async (): Promise<unknown> =>
    (await clients.health.availabilityStatuses.getByResource(machine.id)).properties;
  expect(await ask()).toMatchObject({ availabilityState: 'Available' });
  machine.setPower('stopped');
  expect(await ask()).toMatchObject({ availabilityState: 'Unavailable', reasonType: 'UserInitiated' });
  machine.health = { state: 'Degraded', reasonType: 'Planned', summary: 'Maintenance', isByUser: false };
  expect(await ask()).toMatchObject({
    availabilityState: 'Degraded',
    summary: 'Maintenance',
    occurredTime: expect.any(String),
  });
  const all = await listed(clients.health.availabilityStatuses.listBySubscriptionId());
  expect(all.map(({ location }) => location)).toEqual(['eastus']);
});

test('the activity log tells what was done under one correlation, filtered and late', async () => {
  const since = new Date(azure.clock.wallNow() - 1000).toISOString();
  await compute.virtualMachines.restart(rg, 'web', quick);
  const filter = `eventTimestamp ge '${since}' and resourceUri eq '${machine.id}'`;

  const events = await listed(clients.monitor.activityLogs.list(filter));
  expect(events.map(({ operationName, status }) => [operationName?.value, status?.value])).toEqual([
    ['Microsoft.Compute/virtualMachines/restart/action', 'Succeeded'],
    ['Microsoft.Compute/virtualMachines/restart/action', 'Started'],
  ]);
  azure.world.activityLagMs = 600_000;
  expect(await listed(clients.monitor.activityLogs.list(filter))).toEqual([]);
  const wrong = listed(clients.monitor.activityLogs.list("resourceGroupName eq 'vigil-rg'"));
  await expect(wrong).rejects.toMatchObject({ statusCode: 400 });
});

test('boot diagnostics hand out addresses that need no token and end', async () => {
  machine.serialLog = 'login:';
  const data = await compute.virtualMachines.retrieveBootDiagnosticsData(rg, 'web', {
    sasUriExpirationTimeInMinutes: 5,
  });
  const read = (uri = ''): ReturnType<typeof plainly> =>
    plainly(azure, uri.slice(azure.origin.length), { isAnonymous: true });

  expect((await read(data.serialConsoleLogBlobUri)).body).toBe('login:');
  expect((await read(data.consoleScreenshotBlobUri)).body.slice(0, 2)).toBe('BM');
  azure.clock.advance(300_000);
  expect((await read(data.serialConsoleLogBlobUri)).status).toBe(403);
});

test('a disk is copied, listed and its copy deleted', async () => {
  const model = await compute.virtualMachines.get(rg, 'web');
  const sourceResourceId = model.storageProfile?.osDisk?.managedDisk?.id ?? '';
  const wanted = { location: 'eastus', incremental: true, creationData: { createOption: 'Copy', sourceResourceId } };

  const made = await compute.snapshots.createOrUpdate(rg, 'before', wanted, quick);
  expect([made.provisioningState, made.creationData?.sourceResourceId]).toEqual(['Succeeded', sourceResourceId]);
  expect((await listed(compute.snapshots.listByResourceGroup(rg))).map(({ name }) => name)).toEqual(['before']);
  await compute.snapshots.delete(rg, 'before', quick);
  await expect(compute.snapshots.get(rg, 'before')).rejects.toMatchObject({ statusCode: 404 });
});

test('a machine gets other tags and another size, and is deleted', async () => {
  const tagged = await compute.virtualMachines.update(rg, 'web', { tags: { team: 'b' } }, quick);
  expect(tagged.tags).toEqual({ team: 'b' });
  const resized = await compute.virtualMachines.update(
    rg,
    'web',
    { hardwareProfile: { vmSize: 'Standard_D2s_v5' } },
    quick,
  );
  expect([resized.hardwareProfile?.vmSize, resized.provisioningState]).toEqual(['Standard_D2s_v5', 'Succeeded']);
  const unknown = compute.virtualMachines.update(rg, 'web', { hardwareProfile: { vmSize: 'Standard_Huge' } }, quick);
  await expect(unknown).rejects.toMatchObject({ statusCode: 400, code: 'InvalidParameter' });

  await compute.virtualMachines.delete(rg, 'web', quick);
  await expect(compute.virtualMachines.get(rg, 'web')).rejects.toMatchObject({ statusCode: 404 });
});

test('a public address is found by way of the network interface, and lost with the host', async () => {
  const at = async (target: string): Promise<{ readonly properties: NetworkProperties }> =>
    JSON.parse((await plainly(azure, `${target}?api-version=2024-05-01`)).body);
  const model = await compute.virtualMachines.get(rg, 'web');
  const nic = await at(model.networkProfile?.networkInterfaces?.[0]?.id ?? '');
  const addressId = nic.properties.ipConfigurations?.[0]?.properties.publicIPAddress.id ?? '';

  expect(await at(addressId)).toMatchObject({ properties: { ipAddress: '203.0.113.7' } });
  machine.setPower('deallocated');
  expect(await at(addressId)).not.toMatchObject({ properties: { ipAddress: '203.0.113.7' } });
});
