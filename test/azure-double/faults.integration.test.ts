import type { ComputeManagementClient } from '@azure/arm-compute';
import type { RestError } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { computeClient } from '../support/azure-double/compute-client.ts';
import type { Fault } from '../support/azure-double/faults.ts';
import type { AzureMachine } from '../support/azure-double/machine.ts';
import { plainly } from '../support/azure-double/plain-request.ts';

const rg = 'vigil-rg';

let azure: AzureDouble;
let machine: AzureMachine;
let compute: ComputeManagementClient;

beforeEach(async () => {
  azure = await startAzureDouble();
  const subscription = azure.world.addSubscription();
  machine = subscription.addMachine({ name: 'web' });
  compute = computeClient(azure, subscription.id, { maxRetries: 3 });
});
afterEach(() => azure.close());

const get = (signal?: AbortSignal): Promise<{ readonly vmId?: string }> =>
  compute.virtualMachines.get(rg, 'web', signal === undefined ? {} : { abortSignal: signal });

const met = (fault: Fault): Promise<unknown> => {
  azure.world.scriptFault({ machine: 'web' }, fault, { times: 5 });
  return get().then(
    ({ vmId }) => ({ vmId }),
    ({ name, code, statusCode }: RestError) => ({ name, code, statusCode }),
  );
};

test('13.18 a passing failure of the service is tried again by the SDK', async () => {
  for (const status of [500, 503, 529] as const)
    azure.world.scriptFault({ machine: 'web' }, { kind: 'status', status });

  expect((await get()).vmId).toBe(machine.vmId);
  expect(azure.requests.map(({ status }) => status)).toEqual([500, 503, 529, 200]);
});

test('13.18 a connection reset before the service heard leaves one action, one after it leaves two requests', async () => {
  azure.world.scriptFault({ last: 'restart' }, { kind: 'reset', when: 'before' });
  azure.world.durations.restart = 5;
  await compute.virtualMachines.restart(rg, 'web', { updateIntervalInMs: 1 });
  expect(machine.actions).toHaveLength(1);

  azure.world.durations.restart = 60_000;
  azure.world.scriptFault({ last: 'restart' }, { kind: 'reset', when: 'after' });
  const twice = compute.virtualMachines.restart(rg, 'web', { updateIntervalInMs: 1 });
  await expect(twice).rejects.toMatchObject({ statusCode: 409, code: 'Conflict' });
  expect(machine.actions.map(({ operationId }) => operationId !== null)).toEqual([true, true, false]);
});

test('13.19 an answer that never comes is waited for until somebody ends it', async () => {
  azure.world.scriptFault({ machine: 'web' }, { kind: 'hang', when: 'before' });
  const ending = new AbortController();
  const asked = get(ending.signal);
  await expect.poll(() => azure.requests.length).toBe(1);
  ending.abort();

  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  expect(azure.requests[0]).toMatchObject({ status: null, fault: 'hang' });
});

test('13.19 an answer that comes in drops is whole in the end', async () => {
  azure.world.scriptFault({ machine: 'web' }, { kind: 'drip', bytes: 400, everyMs: 1 });
  expect((await get()).vmId).toBe(machine.vmId);
});

test('13.19 an answer cut in the middle and one that is no JSON are errors, a page in its place is none', async () => {
  expect(await met({ kind: 'cut' })).toMatchObject({ name: 'RestError' });
  azure.world.faults.clear();
  expect(await met({ kind: 'broken-json' })).toMatchObject({ name: 'RestError', code: 'PARSE_ERROR' });
  azure.world.faults.clear();
  // What a captive portal does: no error, and everything undefined.
  expect(await met({ kind: 'html', status: 200 })).toEqual({ vmId: undefined });
  azure.world.faults.clear();
  expect(await met({ kind: 'html', status: 403 })).toMatchObject({ statusCode: 403, code: undefined });
});

test('13.19 a redirect within the origin is followed without the token, one elsewhere is not followed', async () => {
  azure.world.scriptFault({ machine: 'web' }, { kind: 'redirect', to: 'same-origin' });
  await expect(get()).rejects.toMatchObject({ statusCode: 401, code: 'AuthenticationFailed' });
  expect(azure.requests.map(({ status, headers }) => [status, headers.authorization])).toEqual([
    [307, 'Bearer'],
    [401, undefined],
  ]);

  azure.world.scriptFault({ machine: 'web' }, { kind: 'redirect', to: 'other-origin' });
  await expect(get()).rejects.toMatchObject({ statusCode: 307 });
});

test('13.19 scripts are used up in their order, after what they let pass', async () => {
  const target = `${machine.id}?api-version=2026-03-01`;
  azure.world.scriptFault(
    { method: 'GET', path: /virtualMachines\/web$/ },
    { kind: 'status', status: 503 },
    { skip: 1, times: 2 },
  );
  const undo = azure.world.scriptFault(() => true, { kind: 'status', status: 500 }, { times: 9 });
  undo();

  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await plainly(azure, target)).status);
  expect(statuses).toEqual([200, 503, 503, 200]);
});

test('13.32 a clock that goes wrong by ten minutes shows in dates, waits and what is expired', async () => {
  const moving = await startAzureDouble();
  const subscription = moving.world.addSubscription();
  const one = subscription.addMachine({ name: 'web' });
  const target = `${one.id}?api-version=2026-03-01`;
  const { token } = moving.tokens.issue(moving.login.person, moving.world.homeTenant.id);
  const ask = (): ReturnType<typeof plainly> =>
    plainly(moving, target, { isAnonymous: true, headers: { authorization: `Bearer ${token}` } });
  try {
    moving.tokens.lifetimeSeconds = 300;
    const short = moving.tokens.issue(moving.login.person, moving.world.homeTenant.id).token;
    for (const minutes of [10, -10]) {
      moving.clock.skewMs = minutes * 60_000;
      const answer = await ask();
      expect(answer.status).toBe(200);
      expect(Math.round((Date.parse(String(answer.headers.date)) - Date.now()) / 60_000)).toBe(minutes);
      moving.world.scriptFault({}, { kind: 'throttle', retryAfter: 'date' });
      const until = Date.parse(String((await ask()).headers['retry-after']));
      expect(Math.round((until - Date.now()) / 60_000)).toBe(minutes);
      moving.clock.advance(20_000);
    }
    // Five minutes by the client's clock, over for a service that is ten ahead.
    moving.clock.skewMs = 600_000;
    const early = await plainly(moving, target, { isAnonymous: true, headers: { authorization: `Bearer ${short}` } });
    expect(JSON.parse(early.body).error.code).toBe('ExpiredAuthenticationToken');

    // Asked by a clock that is ahead, the service has nothing yet to tell about those minutes.
    moving.clock.skewMs = 0;
    moving.tokens.lifetimeSeconds = 3600;
    const ahead = moving.clock.wallNow() + 600_000;
    const timespan = `${new Date(ahead - 300_000).toISOString()}/${new Date(ahead).toISOString()}`;
    const metrics = await plainly(
      moving,
      `${one.id}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&timespan=${encodeURIComponent(timespan)}`,
    );
    expect(JSON.parse(metrics.body).value[0].timeseries).toEqual([]);
  } finally {
    await moving.close();
  }
});
