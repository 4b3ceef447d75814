import type { ComputeManagementClient } from '@azure/arm-compute';
import type { RestError } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { listed } from '../support/azure-double/client-options.ts';
import { computeClient } from '../support/azure-double/compute-client.ts';
import { plainly } from '../support/azure-double/plain-request.ts';
import type { AzureSubscription } from '../support/azure-double/subscription.ts';
import { ManualClock } from '../support/manual-clock.ts';

const rg = 'vigil-rg';

let azure: AzureDouble & { readonly clock: ManualClock };
let subscription: AzureSubscription;
let compute: ComputeManagementClient;

// Time stands still, so a bucket holds what it held.
beforeEach(async () => {
  azure = await startAzureDouble({ clock: new ManualClock(new Date().toISOString()) });
  subscription = azure.world.addSubscription();
  compute = computeClient(azure, subscription.id);
});
afterEach(() => azure.close());

/** How many polls of one operation are let through at that pace, until it is over after five minutes. */
async function pollsUntilThrottled(everyMs: number): Promise<number | 'never'> {
  azure.world.durations.deallocate = 300_000;
  const machine = subscription.addMachine();
  const poller = compute.virtualMachines.deallocate(rg, machine.name, { updateIntervalInMs: 0 });
  for (let count = 0; machine.operation !== null || count === 0; count += 1) {
    try {
      await poller.poll();
    } catch (error) {
      if ((error as RestError).statusCode === 429) return count;
      throw error;
    }
    await azure.clock.advance(everyMs);
  }
  return 'never';
}

test('13.15 polling an operation every 2 s meets its limit before it is over, every 10 s does not', async () => {
  expect(await pollsUntilThrottled(10_000)).toBe('never');
  expect(await pollsUntilThrottled(2000)).toBeGreaterThanOrEqual(45);
});

test('13.16 both kinds of headers count down by list, by read and by action', async () => {
  const machine = subscription.addMachine({ powerState: 'stopped' });
  const list = `/subscriptions/${subscription.id}/providers/Microsoft.Compute/virtualMachines?api-version=2026-03-01`;
  const asks = [
    await plainly(azure, list),
    await plainly(azure, `${machine.id}?api-version=2026-03-01`),
    await plainly(azure, `${machine.id}/start?api-version=2026-03-01`, { method: 'POST' }),
    await plainly(azure, `${machine.id}/instanceView?api-version=2026-03-01`),
  ];

  const of = ({ headers }: (typeof asks)[number], kind: string): unknown => headers[`x-ms-ratelimit-remaining-${kind}`];
  expect(asks.map((ask) => of(ask, 'resource'))).toEqual([
    'Microsoft.Compute/HighCostGetSubscriptionMaximum;899',
    'Microsoft.Compute/LowCostGetSubscriptionMaximum;23999,Microsoft.Compute/LowCostGetResource;35',
    'Microsoft.Compute/UpdateVMSubscriptionMaximum;1499,Microsoft.Compute/UpdateVMResource;11',
    'Microsoft.Compute/LowCostGetSubscriptionMaximum;23998,Microsoft.Compute/LowCostGetResource;34',
  ]);
  expect(asks.map((ask) => [of(ask, 'subscription-reads'), of(ask, 'subscription-global-reads')])).toEqual([
    ['249', '3749'],
    ['248', '3748'],
    [undefined, undefined],
    ['247', '3747'],
  ]);
  expect(asks.map((ask) => of(ask, 'subscription-writes'))).toEqual([undefined, undefined, '199', undefined]);
});

test('13.16 one machine may be read 36 times at once and then 12 times a minute', async () => {
  const [machine, other] = [subscription.addMachine(), subscription.addMachine()];
  const read = (name: string): Promise<unknown> => compute.virtualMachines.instanceView(rg, name);
  for (let count = 0; count < 36; count += 1) await read(machine.name);

  const error = (await read(machine.name).catch((caught: unknown) => caught)) as RestError;
  const wait = Number(error.response?.headers.get('retry-after'));
  expect([error.statusCode, error.code]).toEqual([429, 'OperationNotAllowed']);
  await read(other.name);

  await azure.clock.advance((wait - 1) * 1000);
  await expect(read(machine.name)).rejects.toMatchObject({ statusCode: 429 });
  expect(azure.requests.filter(({ isTooEarly }) => isTooEarly)).toHaveLength(1);
  await azure.clock.advance(wait * 1000);
  await read(machine.name);
});

test('13.16 one machine may be acted on 12 times at once, and given back as often beside it', async () => {
  const machine = subscription.addMachine();
  const post = (action: string): Promise<{ status: number }> =>
    plainly(azure, `${machine.id}/${action}?api-version=2026-03-01`, { method: 'POST' });
  const statuses: number[] = [];
  for (let count = 0; count < 13; count += 1) statuses.push((await post('start')).status);

  expect(statuses).toEqual([...Array<number>(12).fill(202), 429]);
  expect((await post('deallocate')).status).toBe(202);
});

test('13.16 a noisy neighbour leaves the rest of a bucket', async () => {
  azure.world.noisyNeighbour(0.7);
  const list = `/subscriptions/${subscription.id}/resourceGroups?api-version=2021-04-01`;
  const first = await plainly(azure, list);
  expect(first.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('74');
  for (let count = 0; count < 74; count += 1) await plainly(azure, list);
  expect(await plainly(azure, list)).toMatchObject({ status: 429 });
});

test('13.17 too many requests in every form: seconds, a date, nothing, very long, nonsense', async () => {
  const forms = [5, 'date', 'none', 1200, { text: '-1' }, { text: '250', header: 'x-ms-retry-after-ms' }] as const;
  for (const retryAfter of forms) azure.world.scriptFault({}, { kind: 'throttle', retryAfter });
  const inTenSeconds = new Date(azure.clock.wallNow() + 10_000).toUTCString();

  const told: unknown[] = [];
  for (const _ of forms) {
    const error = (await listed(compute.virtualMachines.listAll()).catch((caught: unknown) => caught)) as RestError;
    const headers = error.response?.headers;
    told.push([error.statusCode, error.code, headers?.get('retry-after') ?? headers?.get('x-ms-retry-after-ms')]);
  }
  expect(told).toEqual(
    ['5', inTenSeconds, undefined, '1200', '-1', '250'].map((text) => [429, 'SubscriptionRequestsThrottled', text]),
  );
});

test('13.17 the resource manager wraps its refusal, Compute does not, Monitor names its store', async () => {
  for (const shape of ['arm', 'compute', 'metrics'] as const)
    azure.world.scriptFault({}, { kind: 'throttle', retryAfter: 'none', shape });
  const target = '/subscriptions?api-version=2022-12-01';
  const bodies = [await plainly(azure, target), await plainly(azure, target), await plainly(azure, target)].map(
    ({ body }) => JSON.parse(body),
  );

  expect(bodies.map((body) => body.error?.code ?? body.code)).toEqual([
    'SubscriptionRequestsThrottled',
    'OperationNotAllowed',
    'SubscriptionRequestsThrottled',
  ]);
  expect(bodies[1].details[0].code).toBe('TooManyRequests');
  expect(bodies[2].error.message).toContain('backend storage limit');
});

test('13.17 whoever does not wait as told is refused and found out', async () => {
  azure.world.scriptFault({}, { kind: 'throttle', retryAfter: 30 });
  const ask = (): Promise<unknown> => listed(compute.virtualMachines.listAll());
  await expect(ask()).rejects.toMatchObject({ statusCode: 429 });
  await expect(ask()).rejects.toMatchObject({ statusCode: 429 });
  await azure.clock.advance(60_000);
  await ask();

  expect(azure.requests.map(({ status, isTooEarly }) => [status, isTooEarly])).toEqual([
    [429, false],
    [429, true],
    [200, false],
  ]);
});
