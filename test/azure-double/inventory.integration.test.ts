import type { ComputeManagementClient } from '@azure/arm-compute';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountClients } from '../support/azure-double/account-clients.ts';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { listed } from '../support/azure-double/client-options.ts';
import { computeClient } from '../support/azure-double/compute-client.ts';
import { monitorClients } from '../support/azure-double/monitor-clients.ts';
import type { MovableClock } from '../support/azure-double/movable-clock.ts';
import { plainly } from '../support/azure-double/plain-request.ts';
import type { AzureSubscription } from '../support/azure-double/subscription.ts';

let azure: AzureDouble & { readonly clock: MovableClock };
let subscription: AzureSubscription;
let compute: ComputeManagementClient;
let clients: ReturnType<typeof accountClients> & ReturnType<typeof monitorClients>;

beforeEach(async () => {
  azure = await startAzureDouble();
  subscription = azure.world.addSubscription();
  compute = computeClient(azure, subscription.id);
  clients = { ...accountClients(azure, subscription.id), ...monitorClients(azure, subscription.id) };
});
afterEach(() => azure.close());

const codes = (statuses: readonly { readonly code?: string }[] | undefined): (string | undefined)[] =>
  (statuses ?? []).map(({ code }) => code);

test('13.2 parameters are decoded and compared without case, and a call without api-version gets 400', async () => {
  const machine = subscription.addMachine({ name: 'web' });

  const encoded = await plainly(azure, `${machine.id}?API%2DVersion=2026-03-01&%24Expand=instanceView`);
  const without = await plainly(azure, machine.id);

  expect(JSON.parse(encoded.body).properties.instanceView.statuses).toHaveLength(2);
  expect([without.status, JSON.parse(without.body).error.code]).toEqual([400, 'MissingApiVersionParameter']);
});

test('13.3 doubled slashes and ids in any case are known, and answers write ids in a case of their own', async () => {
  const machine = subscription.addMachine({ name: 'Web', group: 'Team-Rg' });

  const loud = await plainly(azure, `/${machine.id.toUpperCase()}?api-version=2026-03-01`);
  const lower = await plainly(azure, `/subscriptions/${subscription.id}/resourcegroups?api-version=2021-04-01`);
  const [inList] = await listed(compute.virtualMachines.listAll());

  expect([loud.status, lower.status]).toEqual([200, 200]);
  expect(inList?.id).not.toBe(machine.id);
  expect(inList?.id?.toLowerCase()).toBe(machine.id.toLowerCase());
});

test('13.4 lists come in pages with absolute addresses, one in the middle is empty, and the last says so with nothing', async () => {
  azure.world.pageSize = 2;
  azure.world.hasEmptyPages = true;
  azure.world.lastPage = 'empty';
  for (let made = 0; made < 5; made += 1) subscription.addMachine();

  const pages: number[] = [];
  for await (const page of compute.virtualMachines.listAll().byPage()) pages.push(page.length);
  const first = await plainly(
    azure,
    `/subscriptions/${subscription.id}/providers/Microsoft.Compute/virtualMachines?api-version=2026-03-01`,
  );

  expect(pages).toEqual([2, 0, 2, 1]);
  expect(JSON.parse(first.body).nextLink).toMatch(
    new RegExp(`^${azure.origin}/subscriptions/.*api-version=2026-03-01.*\\$skiptoken=`),
  );
});

test('13.5 a list refuses to expand instance views unless a filter is given', async () => {
  const refused = listed(compute.virtualMachines.listAll({ expand: 'instanceView' }));

  await expect(refused).rejects.toMatchObject({ statusCode: 400, code: 'BadRequest' });
});

test('13.6 statusOnly tells id, name, location and status, and some machine without its power state', async () => {
  subscription.addMachine({ name: 'web', tags: { team: 'a' } });
  subscription.addMachine({ name: 'db', powerState: 'stopped' }).isPowerInStatusList = false;

  const machines = await listed(compute.virtualMachines.listAll({ statusOnly: 'true' }));

  expect(
    machines.map(({ name, location, tags, networkProfile }) => ({ name, location, tags, networkProfile })),
  ).toEqual([
    { name: 'web', location: 'eastus', tags: undefined, networkProfile: undefined },
    { name: 'db', location: 'eastus', tags: undefined, networkProfile: undefined },
  ]);
  expect(machines.map((one) => codes(one.instanceView?.statuses))).toEqual([
    ['ProvisioningState/succeeded', 'PowerState/running'],
    ['ProvisioningState/succeeded'],
  ]);
});

test('13.7 an instance view per power state', async () => {
  const states = ['running', 'stopped', 'starting', 'stopping', 'deallocating', 'deallocated', 'someFutureState'];
  for (const powerState of states) subscription.addMachine({ name: powerState, powerState });

  const views = await Promise.all(states.map((name) => compute.virtualMachines.instanceView('vigil-rg', name)));

  expect(views.map((view) => codes(view.statuses)[1])).toEqual(states.map((state) => `PowerState/${state}`));
  expect(views.map((view) => view.vmAgent !== undefined)).toEqual([true, true, true, true, false, false, true]);
  expect(views.map((view) => view.osName)).toEqual([
    'ubuntu',
    'ubuntu',
    'ubuntu',
    'ubuntu',
    undefined,
    undefined,
    'ubuntu',
  ]);
  expect(views.every((view) => view.disks?.length === 1)).toBe(true);
});

test('13.7 a machine may have failed and run, sleep with a third status, or have no power state at all', async () => {
  subscription.addMachine({ name: 'failed' }).failProvisioning('VMExtensionProvisioningError');
  subscription.addMachine({ name: 'asleep', powerState: 'deallocated' }).isHibernated = true;
  subscription.addMachine({ name: 'blank', powerState: '' });

  const views = await Promise.all(
    ['failed', 'asleep', 'blank'].map((name) => compute.virtualMachines.instanceView('vigil-rg', name)),
  );

  expect(views.map((view) => codes(view.statuses))).toEqual([
    ['ProvisioningState/failed/VMExtensionProvisioningError', 'PowerState/running'],
    ['ProvisioningState/succeeded', 'PowerState/deallocated', 'HibernationState/Hibernated'],
    ['ProvisioningState/succeeded'],
  ]);
});

test('13.20 bodies are packed for who can unpack them', async () => {
  const machine = subscription.addMachine();
  const target = `${machine.id}?api-version=2026-03-01`;

  const packed = await plainly(azure, target, { headers: { 'accept-encoding': 'gzip' } });
  const plain = await plainly(azure, target);
  const read = await compute.virtualMachines.get('vigil-rg', machine.name);

  expect([packed.headers['content-encoding'], plain.headers['content-encoding']]).toEqual(['gzip', undefined]);
  expect(packed.body).toBe(plain.body);
  expect(read.vmId).toBe(machine.vmId);
});

test('13.21 one action on one machine is forbidden while it can be read', async () => {
  const [machine, other] = [subscription.addMachine(), subscription.addMachine()];
  machine.forbidden.add('restart/action');

  const refused = compute.virtualMachines.restart('vigil-rg', machine.name);

  await expect(refused).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationFailed' });
  expect((await compute.virtualMachines.get('vigil-rg', machine.name)).name).toBe(machine.name);
  azure.world.durations.restart = 0;
  await compute.virtualMachines.restart('vigil-rg', other.name, { updateIntervalInMs: 1 });
  expect([machine.actionCount('restart'), other.actionCount('restart')]).toEqual([0, 1]);
});

test('13.21 whoever has no rights sees empty lists and no refusal', async () => {
  subscription.addMachine();
  subscription.rights = 'nothing';

  const target = `/subscriptions/${subscription.id}/providers/Microsoft.Compute/virtualMachines?api-version=2026-03-01`;
  expect(await listed(compute.virtualMachines.listAll())).toEqual([]);
  expect(await plainly(azure, target)).toMatchObject({ status: 200, body: '{"value":[]}' });
});

test('13.22 a machine that is gone between list and get, and one made again under its name', async () => {
  const machine = subscription.addMachine({ name: 'web' });
  const [listedOne] = await listed(compute.virtualMachines.listAll());
  subscription.removeMachine(machine);

  const gone = compute.virtualMachines.get('vigil-rg', 'web');
  await expect(gone).rejects.toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
  const noGroup = compute.virtualMachines.get('nowhere', 'web');
  await expect(noGroup).rejects.toMatchObject({ statusCode: 404, code: 'ResourceGroupNotFound' });

  subscription.addMachine({ name: 'web' });
  const again = await compute.virtualMachines.get('vigil-rg', 'web');
  expect(again.id?.toLowerCase()).toBe(listedOne?.id?.toLowerCase());
  expect(again.vmId).not.toBe(listedOne?.vmId);
});

test('13.26 times have seven digits and may be printed with an offset', async () => {
  const machine = subscription.addMachine();
  azure.operations.offsetMinutes = 480;

  const printed = await plainly(azure, `${machine.id}/instanceView?api-version=2026-03-01`);
  const read = await compute.virtualMachines.instanceView('vigil-rg', machine.name);

  expect(JSON.parse(printed.body).statuses[0].time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+08:00$/);
  expect(read.statuses?.[0]?.time?.getTime()).toBe(machine.createdAt);
});

test('13.27 Compute prints with line ends of DOS, Monitor on one line', async () => {
  const machine = subscription.addMachine();

  const compute = await plainly(azure, `${machine.id}?api-version=2026-03-01`);
  const monitor = await plainly(
    azure,
    `${machine.id}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&metricnames=Percentage%20CPU`,
  );

  expect(compute.body.startsWith('{\r\n  "name"')).toBe(true);
  expect(monitor.body).not.toMatch(/[\r\n]/);
});

test('13.31 two tenants with a subscription each, one disabled, one empty: a token opens those of its own tenant only', async () => {
  const elsewhere = azure.world.addTenant('elsewhere');
  const foreign = azure.world.addSubscription({ tenantId: elsewhere.id, name: 'Foreign', state: 'Warned' });
  const disabled = azure.world.addSubscription({ name: 'Old', state: 'Disabled' });
  disabled.addMachine({ name: 'old', powerState: 'stopped' });
  foreign.addMachine();

  const seen = await listed(clients.subscriptions.subscriptions.list());
  const seenThere = await listed(
    accountClients(azure, foreign.id, {
      credential: azure.credential(elsewhere.id),
    }).subscriptions.subscriptions.list(),
  );

  expect(seen.map(({ displayName, state }) => [displayName, state])).toEqual([
    ['Subscription 1', 'Enabled'],
    ['Old', 'Disabled'],
  ]);
  expect(seenThere.map(({ displayName, state }) => [displayName, state])).toEqual([['Foreign', 'Warned']]);
  expect((await listed(clients.subscriptions.tenants.list())).map(({ tenantId }) => tenantId)).toContain(elsewhere.id);
  expect(await listed(compute.virtualMachines.listAll())).toEqual([]);
  const wrongTenant = listed(computeClient(azure, foreign.id).virtualMachines.listAll());
  await expect(wrongTenant).rejects.toMatchObject({ statusCode: 401, code: 'InvalidAuthenticationTokenTenant' });
  const readOnly = computeClient(azure, disabled.id).virtualMachines.start('vigil-rg', 'old');
  await expect(readOnly).rejects.toMatchObject({ statusCode: 409, code: 'ReadOnlyDisabledSubscription' });
});

test('13.31 regions answer at their own pace', async () => {
  subscription.addMachine({ name: 'near', region: 'eastus' });
  subscription.addMachine({ name: 'far', region: 'japaneast' });
  azure.world.latencies.set('japaneast', 60_000);
  const order: string[] = [];
  const ask = async (name: string): Promise<void> => {
    await compute.virtualMachines.get('vigil-rg', name);
    order.push(name);
  };

  const far = ask('far');
  await ask('near');
  expect(order).toEqual(['near']);
  await expect.poll(() => azure.requests.length).toBe(2);
  azure.clock.advance(60_000);
  await far;
  expect(order).toEqual(['near', 'far']);
});

test('13.34 the SDKs that are shipped send these versions', async () => {
  const machine = subscription.addMachine();
  const now = new Date(azure.clock.wallNow());
  const time = { startTime: new Date(now.getTime() - 300_000), endTime: now, interval: 'PT1M' };
  await listed(compute.virtualMachines.listAll());
  await listed(compute.snapshots.list());
  await clients.monitor.metrics.list(machine.id, { metricnames: 'Percentage CPU' });
  await clients.metrics.queryResources([machine.id], ['Percentage CPU'], 'Microsoft.Compute/virtualMachines', time);
  await clients.health.availabilityStatuses.getByResource(machine.id);
  await listed(clients.monitor.activityLogs.list(`eventTimestamp ge '${now.toISOString()}'`));
  await listed(clients.subscriptions.subscriptions.list());

  expect(azure.requests.map(({ path, query }) => [path.split('/').at(-1), query.get('api-version')])).toEqual([
    ['virtualMachines', '2026-03-01'],
    ['snapshots', '2025-01-02'],
    ['metrics', '2024-02-01'],
    ['metrics:getBatch', '2024-02-01'],
    ['current', '2022-10-01'],
    ['values', '2015-04-01'],
    ['subscriptions', '2022-12-01'],
  ]);
});
