import { afterEach, describe, expect, it } from 'vitest';
import type { AzureStatus } from '../../../../main/contract/azure.ts';
import { VigilError } from '../../../../main/contract/failure.ts';
import { AzureSettings } from '../../../../renderer/pages/settings/azure-settings.tsx';
import { signedIn, signedOut, storySubscriptions } from '../../support/azure-story.ts';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { storyId, storyNow } from '../../support/fleet-story.ts';
import { buttonNamed, fieldNamed, type Mounted, mount, wordsBeside } from '../../support/mount.tsx';

let mounted: Mounted | undefined;
afterEach(() => mounted?.unmount());
const words = () => mounted?.page.textContent ?? '';
const inputsOf = (bridge: FakeBridge, name: string) =>
  bridge.asked.filter((each) => each.name === name).map(({ input }) => input);
const own = 'c0a80101-0000-4000-8000-00000000abcd';

async function show(status: AzureStatus, prepare: (bridge: FakeBridge) => void = () => undefined): Promise<FakeBridge> {
  const bridge = fakeBridge([]);
  bridge.answer('azure.status', () => status);
  prepare(bridge);
  mounted = await mount(<AzureSettings />, bridge);
  await mounted.eventually(() => expect(words()).toContain('Sign-in kept'));
  return bridge;
}

const prompt = (way: 'browser' | 'device-code', code: string | null) => ({
  id: storyId(700),
  way,
  address: code === null ? 'https://login.example/authorize?state=1' : 'https://login.example/device',
  code,
  expiresAt: new Date(storyNow + 100 * 365 * 86_400_000).toISOString(),
});

describe('signing in to Azure', () => {
  it('by a code shows the code, its address and how long it lives, and can be given up', async () => {
    let isOver: (error: VigilError) => void = () => undefined;
    const bridge = await show(signedOut, (each) => {
      each.answer('azure.sign-in', () => prompt('device-code', 'ABCD-EFGH'));
      each.answer('azure.sign-in-wait', () => new Promise((_resolve, reject) => (isOver = reject)));
      each.answer('azure.sign-in-cancel', () => {
        isOver(new VigilError('cancelled', 'Given up.'));
        return null;
      });
      each.answer('settings.change', () => null);
    });
    await mounted?.type(fieldNamed('Application id'), own);
    await mounted?.press(buttonNamed('With a code'));
    await mounted?.eventually(() => expect(words()).toContain('ABCD-EFGH'));
    expect(words()).toContain('https://login.example/device');
    expect(words()).toMatch(/\d+ \w+ left/);
    expect(buttonNamed('Copy the code')).toBeDefined();
    expect(inputsOf(bridge, 'settings.change')).toEqual([{ azure: { client_id: own } }]);
    expect(inputsOf(bridge, 'azure.sign-in')).toEqual([
      { way: 'device-code', tenant: 'organizations', cloud: 'public' },
    ]);
    await mounted?.press(buttonNamed('Give up'));
    await mounted?.eventually(() => expect(buttonNamed('With a code')).toBeDefined());
    expect(inputsOf(bridge, 'azure.sign-in-cancel')).toEqual([{ id: storyId(700) }]);
    // Who gave up knows why it did not succeed.
    expect(mounted?.page.querySelector('[role=alert]')).toBeNull();
  });

  it('that fails says why, and what to do', async () => {
    await show(signedOut, (each) => {
      each.answer('azure.sign-in', () => prompt('browser', null));
      each.answer('azure.sign-in-wait', () => {
        throw new VigilError('refused', 'The tenant does not allow this application.', { hint: 'Ask its admin.' });
      });
    });
    await mounted?.press(buttonNamed('Use the Azure CLI’s sign-in'));
    await mounted?.eventually(() =>
      expect(words()).toContain('The tenant does not allow this application. Ask its admin.'),
    );
  });

  it('needs an application id, except by the Azure CLI', async () => {
    const bridge = await show(signedOut, (each) => each.answer('azure.sign-in', () => new Promise(() => {})));
    await mounted?.press(buttonNamed('Sign in with the browser'));
    expect(inputsOf(bridge, 'azure.sign-in')).toEqual([]);
    await mounted?.type(fieldNamed('Tenant'), 'not a tenant');
    expect(wordsBeside('Tenant')).toContain('A tenant is a uuid or a domain');
    await mounted?.press(buttonNamed('Use the Azure CLI’s sign-in'));
    expect(inputsOf(bridge, 'azure.sign-in')).toEqual([]);
    await mounted?.type(fieldNamed('Tenant'), 'contoso.onmicrosoft.com');
    await mounted?.press(buttonNamed('Use the Azure CLI’s sign-in'));
    expect(inputsOf(bridge, 'azure.sign-in')).toEqual([
      { way: 'cli', tenant: 'contoso.onmicrosoft.com', cloud: 'public' },
    ]);
  });

  it('again takes one press, in the way it was done before', async () => {
    const bridge = await show(
      { ...signedIn, state: 'sign-in-needed', reason: 'The sign-in was revoked.', hint: null },
      (each) => each.answer('azure.sign-in', () => new Promise(() => {})),
    );
    expect(words()).toContain('Azure wants you to sign in again. The sign-in was revoked.');
    await mounted?.press(buttonNamed('Sign in again'));
    expect(inputsOf(bridge, 'azure.sign-in')).toEqual([{ way: 'browser' }]);
  });
});

it('begun elsewhere is seen as it begins, and can be given up here', async () => {
  let status = signedOut;
  const bridge = fakeBridge([]);
  bridge.answer('azure.status', () => status);
  bridge.answer('azure.sign-in-cancel', () => {
    status = signedOut;
    return null;
  });
  mounted = await mount(<AzureSettings />, bridge);
  await mounted.eventually(() => expect(words()).toContain('Nobody is signed in'));
  status = { ...signedOut, state: 'signing-in' };
  bridge.publish('azure.sign-in-changed', { at: new Date(storyNow).toISOString() });
  await mounted.eventually(() => expect(words()).toContain('It was begun elsewhere'));
  await mounted.press(buttonNamed('Give up'));
  expect(inputsOf(bridge, 'azure.sign-in-cancel')).toEqual([{}]);
  await mounted.eventually(() => expect(words()).toContain('Nobody is signed in'));
});

describe('an account that is signed in', () => {
  it('is named with its tenant and where the sign-in is kept, and can be signed out', async () => {
    const bridge = await show(signedIn, (each) => each.answer('azure.sign-out', () => signedOut));
    expect(words()).toContain('ada@contoso.example of contoso.onmicrosoft.com; its sign-in is kept by the key store');
    await mounted?.press(buttonNamed('Sign out'));
    expect(inputsOf(bridge, 'azure.sign-out')).toEqual([{}]);
  });

  it('on a computer whose clock is wrong is warned', async () => {
    await show({ ...signedIn, clockAheadSeconds: -600 });
    expect(words()).toContain('10 min behind Azure’s');
  });

  it('chooses subscriptions and resource groups; none at all is refused', async () => {
    const bridge = await show(signedIn, (each) => each.answer('azure.choose', () => signedIn));
    const [first, second] = [...document.querySelectorAll<HTMLInputElement>('.azure-subscriptions input')];
    await mounted?.press(first);
    expect(buttonNamed('Save')?.title).toBe('Choose at least one, or sign out.');
    await mounted?.press(second);
    await mounted?.type(fieldNamed('Resource groups'), 'rg web');
    expect(wordsBeside('Resource groups')).toContain('“rg web”');
    await mounted?.type(fieldNamed('Resource groups'), 'rg-web\nrg-batch');
    await mounted?.press(buttonNamed('Save'));
    expect(inputsOf(bridge, 'azure.choose')).toEqual([
      { subscriptions: [storySubscriptions[1]?.id], resourceGroups: ['rg-web', 'rg-batch'] },
    ]);
  });
});

describe('where the sign-in is kept', () => {
  it('is readable on the disk only after that was accepted in words', async () => {
    const bridge = await show(signedIn, (each) => each.answer('settings.change', () => null));
    const choices = [...document.querySelectorAll<HTMLInputElement>('input[name=azure-keeping]')];
    await mounted?.press(choices[2]);
    await mounted?.press(buttonNamed('Keep it readable'));
    expect(inputsOf(bridge, 'settings.change')).toEqual([]);
    await mounted?.press(document.querySelector('.dialog input[type=checkbox]'));
    await mounted?.press(buttonNamed('Keep it readable'));
    expect(inputsOf(bridge, 'settings.change')).toEqual([{ azure: { keep_sign_in: 'in clear on the disk' } }]);
  });
});
