import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type {
  AzureAct,
  AzureAnswer,
  AzureOrder,
  AzureProgress,
  AzurePrompt,
  AzureScope,
  AzureVm,
} from '../../../../main/engine/ports/azure.ts';
import {
  type AzureAgainstDouble,
  azureAgainstDouble,
  MemoryVault,
  neverStopped,
} from '../../../support/azure-against-double.ts';
import { type AzureDouble, startAzureDouble } from '../../../support/azure-double/azure-double.ts';
import type { Fault } from '../../../support/azure-double/faults.ts';
import type { AzureMachine } from '../../../support/azure-double/machine.ts';
import type { MovableClock } from '../../../support/azure-double/movable-clock.ts';
import { eventually } from '../../../support/eventually.ts';

let double: AzureDouble & { readonly clock: MovableClock };
const rigs: AzureAgainstDouble[] = [];

beforeEach(async () => {
  double = await startAzureDouble();
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
  await double.close();
});

async function rigged(parts: Parameters<typeof azureAgainstDouble>[1] = {}): Promise<AzureAgainstDouble> {
  const rig = await azureAgainstDouble(double, parts);
  rigs.push(rig);
  return rig;
}

const signal = neverStopped;
const value = <T>(answer: AzureAnswer<T>): T => {
  if (!answer.ok) throw new Error(`${answer.fault.kind}: ${answer.fault.message}`);
  return answer.value;
};
const scopeOf = ({ id, tenantId }: { id: string; tenantId: string }): AzureScope => ({
  subscription: id,
  tenant: tenantId,
});

async function described({ azure }: AzureAgainstDouble, scope: AzureScope, name: string): Promise<AzureVm> {
  const found = value(await azure.describe(scope, signal)).find((vm) => vm.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

let orders = 0;
function order(vm: AzureVm, act: AzureAct): AzureOrder {
  orders += 1;
  return { id: `00000000-0000-4000-8000-${String(orders).padStart(12, '0')}`, vm, act, urgent: true };
}

async function followed({ azure }: AzureAgainstDouble, sent: AzureOrder, ticket: string): Promise<AzureProgress> {
  for (let look = 0; look < 60; look += 1) {
    const progress = await azure.follow(sent, ticket, signal);
    if (progress.kind !== 'under-way') return progress;
    double.clock.advance(progress.askInMs);
  }
  throw new Error('it never ended');
}

async function oneMachine(options: Parameters<AzureDouble['world']['machine']>[0] | object = {}) {
  const subscription = double.world.addSubscription();
  const machine = subscription.addMachine({ name: 'web', ...(options as object) });
  const rig = await rigged();
  const vm = await described(rig, scopeOf(subscription), 'web');
  return { machine, rig, vm, scope: scopeOf(subscription) };
}

describe('signing in to Azure', () => {
  it('in the browser leads to tokens that are kept by the key store, and outlast Vigil', async () => {
    double.world.addSubscription();
    const rig = await rigged();
    expect(await rig.azure.signIn.account()).toMatchObject({ name: 'dev@example.test', kept: 'vault' });
    expect(rig.opened).toHaveLength(1);
    expect(rig.vault.kept.get('azure-sign-in')).toContain('RefreshToken');
    const later = await rigged({ vault: rig.vault, isSignedIn: false });
    expect(value(await later.azure.subscriptions(signal))).toHaveLength(1);
    expect(later.opened).toEqual([]);
  });

  it('keeps nothing anywhere where there is no key store, and says so', async () => {
    const vault = new MemoryVault();
    vault.refuses = true;
    const rig = await rigged({ vault });
    expect(await rig.azure.signIn.account()).toMatchObject({ kept: 'memory' });
    expect([vault.kept.size, existsSync(path.join(rig.home, 'azure-sign-in.json'))]).toEqual([0, false]);
  });

  it('lies readable on the disk only by those words, for this account alone, and goes with the sign-out', async () => {
    const rig = await rigged({ config: { keeping: 'in clear on the disk' } });
    const file = path.join(rig.home, 'azure-sign-in.json');
    expect(readFileSync(file, 'utf8')).toContain('RefreshToken');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await rig.azure.signIn.end();
    expect([existsSync(file), await rig.azure.signIn.account()]).toEqual([false, null]);
  });

  it('by a code shows the code, and ends when it was typed', async () => {
    double.login.deviceIntervalSeconds = 0.01;
    const rig = await rigged({ config: { way: 'device-code' }, isSignedIn: false });
    const prompts: AzurePrompt[] = [];
    const answer = rig.azure.signIn.begin((prompt) => prompts.push(prompt), signal);
    await eventually('a prompt', () => prompts.length === 1);
    expect(prompts[0]).toMatchObject({ address: expect.stringMatching(/^https:/), code: expect.any(String) });
    double.login.approveDevice(prompts[0]?.code ?? '');
    expect(value(await answer).name).toBe('dev@example.test');
  });

  it.each(['browser', 'device-code'] as const)('by %s is given up at once, and nothing of it goes on', async (way) => {
    double.login.deviceIntervalSeconds = 0.01;
    const rig = await rigged({ config: { way }, isSignedIn: false });
    rig.deed = 'nothing';
    const source = createStopSource();
    const prompts: AzurePrompt[] = [];
    const answer = rig.azure.signIn.begin((prompt) => prompts.push(prompt), source.signal);
    await eventually('a prompt', () => prompts.length === 1);
    source.stop('enough');
    expect(await answer).toMatchObject({ ok: false, fault: { kind: 'cancelled' } });
    // The port is free, the polling over: another sign-in begins from the beginning.
    rig.deed = 'sign-in';
    if (way === 'browser')
      expect(value(await rig.azure.signIn.begin(() => undefined, signal)).name).toBe('dev@example.test');
  });

  it('is declined by the person in words that say so', async () => {
    const rig = await rigged({ isSignedIn: false });
    rig.deed = 'cancel';
    expect(await rig.azure.signIn.begin(() => undefined, signal)).toMatchObject({
      ok: false,
      fault: { kind: 'signed-out', message: expect.stringMatching(/declined/) },
    });
  });

  it.each(['revoked', 'wants more of the person'])(
    'is over when it is %s, and no browser opens by itself',
    async (how) => {
      double.world.addSubscription();
      const rig = await rigged();
      value(await rig.azure.subscriptions(signal));
      if (how === 'revoked') double.login.revoke();
      else double.login.tokenEndpoint.interactionRequired = '{"access_token":{}}';
      double.clock.advance(2 * 3_600_000);
      expect(await rig.azure.subscriptions(signal)).toMatchObject({ ok: false, fault: { kind: 'signed-out' } });
      expect(rig.opened).toHaveLength(1);
    },
  );

  it('answers the demand for newer claims by itself', async () => {
    double.world.addSubscription();
    const rig = await rigged();
    double.clock.advance(2000);
    double.tokens.challenge('insufficient_claims');
    expect(value(await rig.azure.subscriptions(signal))).toHaveLength(1);
  });

  it('is in words when no app registration was named', async () => {
    const rig = await rigged({ config: { clientId: '' }, isSignedIn: false });
    expect(await rig.azure.signIn.begin(() => undefined, signal)).toMatchObject({
      ok: false,
      fault: { kind: 'signed-out', message: expect.stringMatching(/client_id/) },
    });
  });
});

describe('the machines of Azure', () => {
  it('are read whole over pages, an empty one among them, by two calls a page and none for each machine', async () => {
    const { world } = double;
    world.pageSize = 20;
    world.hasEmptyPages = true;
    world.lastPage = 'empty';
    const subscription = world.addSubscription();
    for (let index = 0; index < 60; index += 1)
      subscription.addMachine({ powerState: index % 2 === 0 ? 'running' : 'deallocated' });
    const rig = await rigged();
    const before = double.requests.length;
    const scope = scopeOf(subscription);
    const [vms, powers] = await Promise.all([rig.azure.describe(scope, signal), rig.azure.powers(scope, signal)]);
    expect([value(vms).length, value(powers).length]).toEqual([60, 60]);
    expect(new Set(value(powers).map(({ state }) => state))).toEqual(new Set(['running', 'deallocated']));
    const keys = new Set(value(powers).map(({ key }) => key));
    expect(value(vms).every(({ resourceId }) => keys.has(resourceId.toLowerCase()))).toBe(true);
    const calls = double.requests.slice(before);
    expect(calls.length).toBeLessThanOrEqual(10);
    expect(calls.every(({ path: asked }) => !/instanceview/i.test(asked))).toBe(true);
    expect(calls[0]?.query.get('api-version')).toMatch(/^2026-/);
  });

  it('are found in every tenant that the account may enter, and one that is disabled is named', async () => {
    const { world } = double;
    world.addSubscription({ name: 'Home' });
    world.addSubscription({ name: 'Away', tenantId: world.addTenant('other').id, state: 'Disabled' });
    const rig = await rigged();
    expect(value(await rig.azure.subscriptions(signal)).map(({ name, state }) => [name, state])).toEqual([
      ['Away', 'Disabled'],
      ['Home', 'Enabled'],
    ]);
  });

  it('have no known state when Azure leaves it out', async () => {
    const { machine, rig, scope } = await oneMachine();
    machine.isPowerInStatusList = false;
    expect(value(await rig.azure.powers(scope, signal))).toMatchObject([{ state: 'unknown', power: null }]);
  });

  it('are looked at one by one with the readiness of their agent, and are not found when they are gone', async () => {
    const { machine, rig, vm } = await oneMachine({ agent: 'not-ready' });
    expect(value(await rig.azure.look(vm, true, signal))).toMatchObject({
      agentReady: false,
      power: { state: 'running' },
    });
    double.world.subscriptions[0]?.removeMachine(machine);
    expect(await rig.azure.look(vm, true, signal)).toMatchObject({ ok: false, fault: { kind: 'not-found' } });
  });
});

describe('what goes wrong on the way to Azure', () => {
  it.each<[Fault, string]>([
    [{ kind: 'status', status: 500 }, 'unavailable'],
    [{ kind: 'status', status: 503, retryAfter: 5 }, 'unavailable'],
    [{ kind: 'throttle', retryAfter: 7 }, 'throttled'],
    [{ kind: 'throttle', retryAfter: 'none', shape: 'compute' }, 'throttled'],
    [{ kind: 'html', status: 200 }, 'garbled'],
    [{ kind: 'html', status: 502 }, 'unavailable'],
    [{ kind: 'broken-json' }, 'garbled'],
    [{ kind: 'cut' }, 'garbled'],
    [{ kind: 'reset', when: 'before' }, 'cut'],
    [{ kind: 'redirect', to: 'other-origin' }, 'garbled'],
    [{ kind: 'answer', answer: { status: 200, body: {} } }, 'garbled'],
    [{ kind: 'answer', answer: { status: 200, body: { value: null } } }, 'garbled'],
  ])('is told: %j is %s, and an empty list is never made of it', async (fault, kind) => {
    const { rig, scope } = await oneMachine();
    double.world.scriptFault({ last: 'virtualMachines' }, fault);
    const answer = await rig.azure.describe(scope, signal);
    expect(answer.ok ? 'a list' : answer.fault.kind).toBe(kind);
  });

  it('is a right that is missing, and a name that nobody knows', async () => {
    const { machine, rig, vm } = await oneMachine();
    machine.forbidden.add('restart/action');
    expect(await rig.azure.send(order(vm, { verb: 'restart' }), signal)).toMatchObject({
      kind: 'refused',
      fault: { kind: 'forbidden' },
    });
    const nowhere = await rigged({ isSignedIn: false });
    nowhere.azure.configure({
      ...nowhere.config,
      resourceManagerUrl: 'https://nowhere.invalid',
      signInUrl: 'https://nowhere.invalid',
    });
    const answer = await nowhere.azure.signIn.begin(() => undefined, createStopped(2000));
    expect(answer.ok).toBe(false);
  });

  it('is a clock that is wrong, and it is named', async () => {
    const subscription = double.world.addSubscription();
    const rig = await rigged({ clockAheadMs: 600_000 });
    await rig.azure.describe(scopeOf(subscription), signal);
    expect(rig.azure.clockAheadMs()).toBeGreaterThan(590_000);
    double.world.scriptFault({ last: 'virtualMachines' }, { kind: 'answer', answer: { status: 401, body: {} } });
    expect(await rig.azure.describe(scopeOf(subscription), signal)).toMatchObject({
      fault: { kind: 'signed-out', message: expect.stringMatching(/clock of this computer is wrong by 10 minutes/) },
    });
  });

  it('leaves Azure alone for exactly as long as it asks, and asks nothing inside of that', async () => {
    const { rig, scope } = await oneMachine();
    double.world.scriptFault({ last: 'virtualMachines' }, { kind: 'throttle', retryAfter: 1200 });
    expect(await rig.azure.powers(scope, signal)).toMatchObject({
      fault: { kind: 'throttled', retryAfterMs: 1_200_000 },
    });
    const before = double.requests.length;
    for (let minute = 0; minute < 19; minute += 1) {
      double.clock.advance(60_000);
      expect(await rig.azure.powers(scope, signal)).toMatchObject({ ok: false, fault: { kind: 'throttled' } });
    }
    expect(double.requests.length).toBe(before);
    double.clock.advance(61_000);
    value(await rig.azure.powers(scope, signal));
    expect(double.requests.filter(({ isTooEarly }) => isTooEarly)).toEqual([]);
  });
});

describe('an order to a machine of Azure', () => {
  it.each<[AzureAct, string, string]>([
    [{ verb: 'start' }, 'deallocated', 'running'],
    [{ verb: 'stop', atOnce: true }, 'running', 'stopped'],
    [{ verb: 'deallocate' }, 'running', 'deallocated'],
    [{ verb: 'restart' }, 'running', 'running'],
    [{ verb: 'redeploy' }, 'running', 'running'],
    [{ verb: 'resize', size: 'Standard_D2s_v5' }, 'deallocated', 'deallocated'],
    [{ verb: 'tags', tags: { env: 'prod' } }, 'running', 'running'],
  ])('%j is sent once and followed to its end', async (act, powerState, after) => {
    const { machine, rig, vm } = await oneMachine({ powerState });
    const wish = order(vm, act);
    const sending = await rig.azure.send(wish, signal);
    const end = sending.kind === 'accepted' ? await followed(rig, wish, sending.ticket) : sending;
    expect(end).toMatchObject({ kind: 'done' });
    expect(machine.power).toBe(after);
    const look = value(await rig.azure.look(vm, true, signal));
    if (act.verb === 'resize') expect(look.vm.size).toBe(act.size);
    if (act.verb === 'tags') expect(look.vm.tags).toEqual(act.tags);
    const posts = double.requests.filter(({ method }) => method !== 'GET' && !/token|authorize/.test(method));
    const own = posts.filter(({ headers }) => headers['x-ms-client-request-id'] === wish.id);
    expect(own).toHaveLength(1);
  });

  it('deletes, and what is gone is gone', async () => {
    const { rig, vm } = await oneMachine();
    const wish = order(vm, { verb: 'delete' });
    const sending = await rig.azure.send(wish, signal);
    expect(sending.kind).toBe('accepted');
    if (sending.kind === 'accepted') expect(await followed(rig, wish, sending.ticket)).toMatchObject({ kind: 'done' });
    expect(await rig.azure.look(vm, true, signal)).toMatchObject({ fault: { kind: 'not-found' } });
  });

  it('keeps the first disk as a snapshot', async () => {
    const { rig, vm } = await oneMachine();
    const wish = order(vm, { verb: 'snapshot', snapshot: 'before', disk: vm.osDisk ?? '' });
    const sending = await rig.azure.send(wish, signal);
    if (sending.kind === 'accepted') expect(await followed(rig, wish, sending.ticket)).toMatchObject({ kind: 'done' });
    else expect(sending.kind).toBe('done');
    expect(double.world.subscriptions[0]?.snapshots.map(({ name }) => name)).toEqual(['before']);
  });

  it('runs a script and brings what it printed', async () => {
    const { machine, rig, vm } = await oneMachine();
    machine.foretell({ output: { stdout: 'up 3 days', stderr: 'careful' } });
    const wish = order(vm, { verb: 'run-command', script: 'uptime\necho careful >&2', os: 'linux' });
    const sending = await rig.azure.send(wish, signal);
    if (sending.kind !== 'accepted') throw new Error(sending.kind);
    expect(await followed(rig, wish, sending.ticket)).toEqual({ kind: 'done', output: 'up 3 days\ncareful' });
  });

  it('is followed by its ticket in another process', async () => {
    const { rig, vm } = await oneMachine({ powerState: 'deallocated' });
    const wish = order(vm, { verb: 'start' });
    const sending = await rig.azure.send(wish, signal);
    if (sending.kind !== 'accepted') throw new Error(sending.kind);
    const other = await rigged({ vault: rig.vault, isSignedIn: false });
    expect(await followed(other, wish, sending.ticket)).toMatchObject({ kind: 'done' });
  });

  it('that finds no room has failed, in words that help', async () => {
    const { machine, rig, vm } = await oneMachine({ powerState: 'deallocated' });
    machine.foretell({ status: 'Failed', code: 'AllocationFailed', message: 'We do not have sufficient capacity.' });
    const wish = order(vm, { verb: 'start' });
    const sending = await rig.azure.send(wish, signal);
    if (sending.kind !== 'accepted') throw new Error(sending.kind);
    expect(await followed(rig, wish, sending.ticket)).toMatchObject({
      kind: 'failed',
      fault: { kind: 'capacity', message: expect.stringContaining('sufficient capacity') },
    });
  });

  it('is refused while somebody else acts', async () => {
    const { rig, vm } = await oneMachine();
    const first = await rig.azure.send(order(vm, { verb: 'restart' }), signal);
    expect(first.kind).toBe('accepted');
    expect(await rig.azure.send(order(vm, { verb: 'redeploy' }), signal)).toMatchObject({
      kind: 'refused',
      fault: { kind: 'busy', message: expect.stringMatching(/Someone else is acting/) },
    });
  });

  it.each<[Fault, 'refused' | 'unsure', number]>([
    [{ kind: 'reset', when: 'after' }, 'unsure', 1],
    [{ kind: 'reset', when: 'before' }, 'unsure', 0],
    [{ kind: 'status', status: 503 }, 'unsure', 0],
    [{ kind: 'status', status: 500 }, 'unsure', 0],
    [{ kind: 'throttle', retryAfter: 5 }, 'refused', 0],
    [{ kind: 'answer', answer: { status: 202 } }, 'unsure', 0],
  ])('is never sent a second time: %j is %s', async (fault, kind, accepted) => {
    const { machine, rig, vm } = await oneMachine();
    double.world.scriptFault({ last: 'restart' }, fault);
    const before = double.requests.length;
    expect((await rig.azure.send(order(vm, { verb: 'restart' }), signal)).kind).toBe(kind);
    expect(double.requests.slice(before).filter(({ path: asked }) => asked.endsWith('/restart'))).toHaveLength(1);
    expect(machine.actionCount('restart')).toBe(accepted);
  });

  it('that was given up before it left has certainly not been taken', async () => {
    const { machine, rig, vm } = await oneMachine();
    const source = createStopSource();
    source.stop('enough');
    expect(await rig.azure.send(order(vm, { verb: 'restart' }), source.signal)).toMatchObject({
      kind: 'refused',
      fault: { kind: 'cancelled' },
    });
    expect(machine.actions).toEqual([] satisfies AzureMachine['actions'][number][]);
  });

  it('is asked about when Azure cannot be reached for a while, and found again', async () => {
    const { rig, vm } = await oneMachine({ powerState: 'deallocated' });
    const wish = order(vm, { verb: 'start' });
    const sending = await rig.azure.send(wish, signal);
    if (sending.kind !== 'accepted') throw new Error(sending.kind);
    double.world.scriptFault({ path: /operations/ }, { kind: 'reset', when: 'before' });
    expect(await rig.azure.follow(wish, sending.ticket, signal)).toMatchObject({ kind: 'not-told', askInMs: 10_000 });
    double.world.scriptFault({ path: /operations/ }, { kind: 'throttle', retryAfter: 15 });
    expect(await rig.azure.follow(wish, sending.ticket, signal)).toMatchObject({ kind: 'not-told', askInMs: 15_000 });
    double.clock.advance(15_000);
    expect(await followed(rig, wish, sending.ticket)).toMatchObject({ kind: 'done' });
    expect(double.requests.filter(({ isTooEarly }) => isTooEarly)).toEqual([]);
  });
});

function createStopped(afterMs: number) {
  const source = createStopSource();
  setTimeout(() => source.stop('enough'), afterMs).unref();
  return source.signal;
}
