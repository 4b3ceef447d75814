import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AzureStatus } from '../../../../main/contract/azure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import type { Settings } from '../../../../main/contract/settings.ts';
import type { SettingsReading } from '../../../../main/engine/ports/settings-file.ts';
import {
  type AzureAgainstDouble,
  azureAgainstDouble,
  readAgainstDouble,
} from '../../../support/azure-against-double.ts';
import { type AzureDouble, startAzureDouble } from '../../../support/azure-double/azure-double.ts';
import type { Fault } from '../../../support/azure-double/faults.ts';
import type { AzureMachine } from '../../../support/azure-double/machine.ts';
import type { MovableClock } from '../../../support/azure-double/movable-clock.ts';
import type { AzureSubscription } from '../../../support/azure-double/subscription.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';

/** What a person sees of everything that can go wrong, by the real engine, the real adapter and the real libraries. */

/** A person edits the file. */
class EditedSettings extends MemorySettings {
  #tell: (reading: SettingsReading) => void = () => undefined;

  override watch(tell: (reading: SettingsReading) => void = () => undefined): () => void {
    this.#tell = tell;
    return () => undefined;
  }

  edit(settings: Settings): void {
    this.reading = { settings, fault: null };
    this.#tell(this.reading);
  }
}

let file: EditedSettings;
let double: AzureDouble & { readonly clock: MovableClock };
let troubled: AzureSubscription;
let web: AzureMachine;
let rig: AzureAgainstDouble;
let test: EngineUnderTest;

beforeEach(async () => {
  double = await startAzureDouble();
  troubled = double.world.addSubscription();
  web = troubled.addMachine({ name: 'web' });
  double.world.addSubscription().addMachine({ name: 'other' });
});
afterEach(async () => {
  await test.engine.stop();
  await rig.close();
  await double.close();
});

/** Both subscriptions were read once, and all was well. */
async function wellBefore(clockAheadMs = 0): Promise<void> {
  rig = await azureAgainstDouble(double, { clockAheadMs });
  file = new EditedSettings();
  file.reading = readAgainstDouble(rig, { refresh_seconds: 3600 });
  const clock = {
    wallNow: () => double.clock.wallNow() + clockAheadMs,
    monotonicNow: () => double.clock.monotonicNow(),
    after: (delayMs: number, action: () => void) => double.clock.after(delayMs, action),
  };
  test = await engineUnderTest({ settings: file, real: { azure: rig.azure, clock } });
  await refresh();
  expect((await list()).map(({ name, state }) => [name, state])).toEqual([
    ['other', 'running'],
    ['web', 'running'],
  ]);
}

const refresh = async (): Promise<AzureStatus> => test.engine.handlers['azure.refresh']({}, someone);
const list = async (): Promise<readonly Machine[]> => test.engine.handlers['machine.list']({}, someone);
const named = async (name: string): Promise<Machine> => {
  const found = (await list()).find((machine) => machine.name === name);
  if (found === undefined) throw new Error(`${name} is not in the list`);
  return found;
};
const scripted = (fault: Fault, where: 'one subscription' | 'everywhere' = 'one subscription'): void => {
  const isMeant = (id: string | undefined): boolean => where === 'everywhere' || id === troubled.id;
  double.world.scriptFault(
    ({ segments }) => segments[0]?.toLowerCase() === 'subscriptions' && isMeant(segments[1]),
    fault,
    { times: Number.POSITIVE_INFINITY },
  );
};
const refused = (status: number, code: string, message: string): Fault => ({
  kind: 'answer',
  answer: { status, body: { error: { code, message } }, headers: { 'content-type': 'application/json' } },
});

/** The one that could not be read has its old state with the reason; the other is as it was. */
async function isOneTrouble(sentence: RegExp): Promise<void> {
  const ours = await named('web');
  expect(ours.azure?.trouble).toMatch(sentence);
  expect(['running', 'unknown']).toContain(ours.state);
  expect(ours.health.status).not.toBe('unhealthy');
  expect(await named('other')).toMatchObject({ state: 'running', azure: { trouble: null } });
}

it.each<[string, Fault, RegExp]>([
  ['403', refused(403, 'AuthorizationFailed', 'no right to read'), /no right to do this: no right to read/],
  ['404', refused(404, 'SubscriptionNotFound', 'gone'), /does not know this subscription/],
  ['429', { kind: 'throttle', retryAfter: 30 }, /left alone for a while/],
  ['5xx', { kind: 'status', status: 503 }, /Azure itself has a fault now \(503/],
  ['HTML with 200', { kind: 'html', status: 200 }, /none of Azure/],
  ['truncated JSON', { kind: 'cut' }, /cut off|broke/],
])('%s is a sentence beside the machine that it concerns, and costs no other', async (_name, fault, sentence) => {
  await wellBefore();
  scripted(fault);
  const { state, subscriptions } = await refresh();
  await isOneTrouble(sentence);
  expect(state).toBe('signed-in');
  expect(subscriptions.find(({ id }) => id === troubled.id)?.trouble).toMatch(sentence);
  double.world.faults.clear();
});

it('401 asks for a person, and takes no machine from the list', async () => {
  await wellBefore();
  scripted(refused(401, 'AuthenticationFailed', 'Authentication failed.'), 'everywhere');
  const { state, reason, hint } = await refresh();
  expect({ state, reason, hint }).toEqual({
    state: 'sign-in-needed',
    reason: expect.stringContaining('does not take the sign-in any more'),
    hint: expect.stringContaining('vigil azure login'),
  });
  for (const machine of await list()) {
    expect(machine.azure?.trouble).toMatch(/does not take the sign-in any more/);
    expect(['running', 'unknown']).toContain(machine.state);
  }
  expect(await list()).toHaveLength(2);
});

it('401 for one subscription is that one’s own, while the sign-in is good for the others', async () => {
  await wellBefore();
  scripted(refused(401, 'AuthenticationFailed', 'Authentication failed.'));
  await refresh();
  await isOneTrouble(/does not take the sign-in any more/);
});

it('409 says that someone else is acting, and leaves everything as it was', async () => {
  await wellBefore();
  double.world.scriptFault({ last: 'restart' }, refused(409, 'Conflict', 'busy'));
  const begun = await test.engine.handlers['machine.restart']({ machine: 'web', force: false }, someone);
  const { state, error } = await test.engine.handlers['operation.wait']({ operation: begun.id }, someone);
  expect({ state, error }).toEqual({
    state: 'failed',
    error: expect.objectContaining({ code: 'conflict', message: expect.stringContaining('Someone else is acting') }),
  });
  expect(await named('web')).toMatchObject({ state: 'running', wanted: 'running' });
  expect(await named('other')).toMatchObject({ state: 'running' });
});

it('an expired token is renewed without a word, and one that cannot be renewed asks for a person', async () => {
  await wellBefore();
  double.clock.advance(2 * 3_600_000);
  expect(await refresh()).toMatchObject({ state: 'signed-in', reason: null });
  expect(await named('web')).toMatchObject({ state: 'running', azure: { trouble: null } });
  double.login.revoke();
  double.clock.advance(2 * 3_600_000);
  expect(await refresh()).toMatchObject({
    state: 'sign-in-needed',
    hint: expect.stringContaining('vigil azure login'),
  });
  double.clock.advance(4 * 3_600_000);
  expect((await list()).map(({ name, state }) => [name, state])).toEqual([
    ['other', 'unknown'],
    ['web', 'unknown'],
  ]);
});

it('a wrong clock is named with its minutes, and what to do', async () => {
  await wellBefore(900_000);
  scripted(refused(401, 'AuthenticationFailed', 'Authentication failed.'), 'everywhere');
  const { clockAheadSeconds, reason, hint } = await refresh();
  expect(clockAheadSeconds).toBeGreaterThan(890);
  expect({ reason, hint }).toEqual({
    reason: expect.stringContaining('clock of this computer is wrong by 15 minutes'),
    hint: 'Set the clock of this computer.',
  });
  expect((await named('web')).azure?.trouble).toMatch(/wrong by 15 minutes/);
});

it('DNS gone is our own network: every machine keeps its place, and none is down', async () => {
  await wellBefore();
  const { settings: before } = file.reading;
  file.edit({ ...before, azure: { ...before.azure, resource_manager_url: 'https://management.invalid' } });
  await refresh();
  for (const machine of await list()) {
    expect(machine.azure?.trouble ?? '').toMatch(/name of Azure cannot be looked up|cannot be reached/);
    expect(['running', 'unknown']).toContain(machine.state);
  }
  expect(await list()).toHaveLength(2);
  double.clock.advance(4 * 3_600_000);
  expect((await list()).map(({ state }) => state)).toEqual(['unknown', 'unknown']);
});

it('one machine that cannot be looked at takes no other from the list', async () => {
  await wellBefore();
  troubled.addMachine({ name: 'second' });
  await refresh();
  troubled.removeMachine(web);
  double.world.scriptFault({ machine: 'web' }, { kind: 'status', status: 500 }, { times: Number.POSITIVE_INFINITY });
  await refresh();
  expect((await list()).map(({ name }) => name)).toEqual(['other', 'second', 'web']);
});
