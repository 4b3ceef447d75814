import { type ComputeManagementClient, restorePoller } from '@azure/arm-compute';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AzureDouble, startAzureDouble } from '../support/azure-double/azure-double.ts';
import { computeClient } from '../support/azure-double/compute-client.ts';
import type { MovableClock } from '../support/azure-double/movable-clock.ts';
import { plainly } from '../support/azure-double/plain-request.ts';
import type { AzureSubscription } from '../support/azure-double/subscription.ts';

const rg = 'vigil-rg';
const quick = { updateIntervalInMs: 1 };

let azure: AzureDouble & { readonly clock: MovableClock };
let subscription: AzureSubscription;
let compute: ComputeManagementClient;

beforeEach(async () => {
  azure = await startAzureDouble();
  subscription = azure.world.addSubscription();
  compute = computeClient(azure, subscription.id);
});
afterEach(() => azure.close());

const post = (id: string, action: string): ReturnType<typeof plainly> =>
  plainly(azure, `${id}/${action}?api-version=2026-03-01`, { method: 'POST' });

const targetOf = (header: string | string[] | undefined): string => String(header).slice(azure.origin.length);

test('13.8 an action answers 202 with two addresses, no body, and a Retry-After only where the world says so', async () => {
  const machine = subscription.addMachine({ powerState: 'stopped' });
  const slow = subscription.addMachine({ powerState: 'stopped' });
  slow.foretell({ retryAfterSeconds: 10 });

  const accepted = await post(machine.id, 'start');
  const acceptedSlow = await post(slow.id, 'start');

  expect([accepted.status, accepted.body, accepted.headers['content-length']]).toEqual([202, '', '0']);
  expect(accepted.headers['azure-asyncnotification']).toBe('Enabled');
  expect(accepted.headers.location).toContain('monitor=true');
  expect([accepted.headers['retry-after'], acceptedSlow.headers['retry-after']]).toEqual([undefined, '10']);
});

test('13.9 the polling address is long, signed, of its own version, and good only as it was given', async () => {
  const machine = subscription.addMachine({ powerState: 'stopped' });
  const accepted = await post(machine.id, 'start');
  const polling = targetOf(accepted.headers['azure-asyncoperation']);

  expect(azure.origin.length + polling.length).toBeGreaterThan(3600);
  expect(polling).toContain('api-version=2024-11-01');
  expect((await plainly(azure, polling)).status).toBe(200);
  for (const changed of [
    `${polling}x`,
    polling.replace('&t=6', '&t=7'),
    polling.replace('eastus', 'EastUS'),
    polling.replace('2024-11-01', '2026-03-01'),
  ])
    expect((await plainly(azure, changed)).status).toBe(403);
});

test('13.10 while it goes on, status, power and provisioning say so', async () => {
  const machine = subscription.addMachine({ powerState: 'stopped' });
  const poller = compute.virtualMachines.start(rg, machine.name, quick);
  await poller.submitted();

  const during = await compute.virtualMachines.get(rg, machine.name, { expand: 'instanceView' });
  expect(during.provisioningState).toBe('Updating');
  expect(during.instanceView?.statuses?.map(({ code }) => code)).toEqual([
    'ProvisioningState/updating',
    'PowerState/starting',
  ]);
  expect(poller.operationState?.status).toBe('running');

  azure.clock.advance(azure.world.durations.start);
  await poller;
  const after = await compute.virtualMachines.get(rg, machine.name, { expand: 'instanceView' });
  expect(after.provisioningState).toBe('Succeeded');
  expect(after.instanceView?.statuses?.at(-1)?.code).toBe('PowerState/running');
});

test('13.10 every action goes through the states of its own', async () => {
  const seen: Record<string, string[]> = {};
  const actions = { powerOff: 'running', deallocate: 'running', restart: 'running', redeploy: 'running' } as const;
  for (const [action, powerState] of Object.entries(actions)) {
    const machine = subscription.addMachine({ name: action, powerState });
    await post(machine.id, action);
    const during = machine.power;
    azure.clock.advance(120_000);
    seen[action] = [during, machine.power];
  }

  expect(seen).toEqual({
    powerOff: ['stopping', 'stopped'],
    deallocate: ['deallocating', 'deallocated'],
    restart: ['running', 'running'],
    redeploy: ['starting', 'running'],
  });
});

test('13.11 at the end the status says when, and the other address answers with nothing', async () => {
  const machine = subscription.addMachine({ powerState: 'stopped' });
  const accepted = await post(machine.id, 'start');
  const early = await plainly(azure, targetOf(accepted.headers.location));
  azure.clock.advance(azure.world.durations.start);

  const status = JSON.parse((await plainly(azure, targetOf(accepted.headers['azure-asyncoperation']))).body);
  const last = await plainly(azure, targetOf(accepted.headers.location));

  expect(early.status).toBe(202);
  expect(Object.keys(status)).toEqual(['startTime', 'endTime', 'status', 'name']);
  expect(Date.parse(status.endTime) - Date.parse(status.startTime)).toBeGreaterThanOrEqual(
    azure.world.durations.start - 1,
  );
  expect([last.status, last.body]).toEqual([200, '']);
});

test('13.11 a Run Command ends with what the script printed, the way its system prints it', async () => {
  azure.world.durations.runCommand = 1;
  azure.world.runScript = (machine, script) => ({ stdout: `${machine.name}: ${script.join(';')}`, stderr: 'oh' });
  subscription.addMachine({ name: 'penguin' });
  subscription.addMachine({ name: 'window', os: 'Windows' });

  const shell = { commandId: 'RunShellScript', script: ['df -P'] };
  const linux = await compute.virtualMachines.runCommand(rg, 'penguin', shell, quick);
  const windows = await compute.virtualMachines.runCommand(
    rg,
    'window',
    { ...shell, commandId: 'RunPowerShellScript' },
    quick,
  );

  expect(linux.value?.map(({ message }) => message)).toEqual([
    'Enable succeeded: \n[stdout]\npenguin: df -P\n[stderr]\noh',
  ]);
  expect(windows.value?.map(({ code, message }) => [code, message])).toEqual([
    ['ComponentStatus/StdOut/succeeded', 'window: df -P'],
    ['ComponentStatus/StdErr/succeeded', 'oh'],
  ]);
});

test('13.12 failed and canceled operations are told with 200', async () => {
  const [full, canceled] = [
    subscription.addMachine({ powerState: 'deallocated' }),
    subscription.addMachine({ powerState: 'deallocated' }),
  ];
  full.foretell({ status: 'Failed', code: 'AllocationFailed', durationMs: 1 });
  canceled.foretell({ status: 'Canceled', durationMs: 1 });

  await expect(compute.virtualMachines.start(rg, full.name, quick)).rejects.toThrow(
    /AllocationFailed\. Allocation failed/,
  );
  await expect(compute.virtualMachines.start(rg, canceled.name, quick)).rejects.toThrow('Operation was canceled');
  expect(azure.requests.filter(({ path }) => path.includes('/operations/')).map(({ status }) => status)).not.toContain(
    409,
  );
  expect([full.power, full.provisioning.state, full.provisioning.code]).toEqual([
    'deallocated',
    'Failed',
    'AllocationFailed',
  ]);
});

test('13.13 a second action meets a conflict, and a deallocation goes before a start', async () => {
  const machine = subscription.addMachine({ powerState: 'stopped' });
  const start = compute.virtualMachines.start(rg, machine.name, quick);
  await start.submitted();

  const second = compute.virtualMachines.restart(rg, machine.name, quick);
  await expect(second).rejects.toMatchObject({ statusCode: 409, code: 'Conflict' });

  azure.world.durations.deallocate = 5;
  const deallocation = compute.virtualMachines.deallocate(rg, machine.name, quick);
  await expect(start).rejects.toThrow('Operation was canceled');
  await deallocation;
  expect(machine.power).toBe('deallocated');
  expect(machine.actions.map(({ action, operationId }) => [action, operationId !== null])).toEqual([
    ['start', true],
    ['restart', false],
    ['deallocate', true],
  ]);
});

test('13.14 starting what runs succeeds at the first poll and took no time', async () => {
  const machine = subscription.addMachine({ powerState: 'running' });
  await compute.virtualMachines.start(rg, machine.name, quick);

  const [operation] = azure.operations.all;
  expect(azure.requests.map(({ method, status }) => [method, status])).toEqual([
    ['POST', 202],
    ['GET', 200],
    ['GET', 200],
  ]);
  expect(operation?.endedAt).toBe(operation?.startedAt);
});

test('an operation outlives the client that began it', async () => {
  const machine = subscription.addMachine({ powerState: 'stopped' });
  const poller = compute.virtualMachines.start(rg, machine.name, quick);
  await poller.submitted();
  const kept = await poller.serialize();

  const later = computeClient(azure, subscription.id);
  azure.clock.advance(azure.world.durations.start);
  await restorePoller(later, kept, later.virtualMachines.start, quick);
  expect([machine.power, machine.actionCount('start')]).toEqual(['running', 1]);
});

test('a guest that hangs is brought back by a restart, and is away meanwhile', async () => {
  const machine = subscription.addMachine();
  const seen: boolean[] = [];
  machine.onGuest((isUp) => seen.push(isUp));
  machine.breakSsh();
  expect(machine.power).toBe('running');

  azure.world.durations.restart = 5;
  await compute.virtualMachines.restart(rg, machine.name, quick);
  expect(seen).toEqual([true, false, true]);
});
