import { afterEach, expect, it } from 'vitest';
import type { SecretSource } from '../../../../main/contract/channel.ts';
import type { ChannelSecrets } from '../../../../main/contract/channel-secret.ts';
import { SecretFact } from '../../../../renderer/pages/alerts/secret-fact.tsx';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { buttonNamed, fieldNamed, type Mounted, mount } from '../../support/mount.tsx';

let mounted: Mounted;
let bridge: FakeBridge;
afterEach(() => mounted.unmount());

const slot = 'slack address';
async function open(source: SecretSource | null, refusal: ChannelSecrets['refusal'] = null): Promise<void> {
  bridge = fakeBridge([]);
  bridge.answer('channel.secrets', (): ChannelSecrets => {
    return { refusal, secrets: [{ slot, variable: 'VIGIL_SLACK_WEBHOOK_URL', source, trouble: null }] };
  });
  bridge.answer('channel.keep-secret', () => ({}));
  bridge.answer('channel.forget-secret', () => ({}));
  mounted = await mount(<SecretFact slot={slot} source={source} />, bridge);
}
const asked = (call: string) => bridge.asked.filter(({ name }) => name === call).map(({ input }) => input);

it('is typed unseen, kept by one call, and nowhere afterwards', async () => {
  await open(null);
  await mounted.press(buttonNamed('Set the slack address'));
  const field = fieldNamed('Slack address') as HTMLInputElement;
  expect(field.type).toBe('password');
  await mounted.type(field, 'https://c4n4ry.test/x');
  await mounted.press(buttonNamed('Keep it'));
  await mounted.eventually(() =>
    expect(asked('channel.keep-secret')).toEqual([{ slot, secret: 'https://c4n4ry.test/x' }]),
  );
  await mounted.eventually(() => expect(document.querySelector('input')).toBeNull());
  expect(document.body.innerHTML).not.toContain('c4n4ry');
});

it('can be forgotten where it is kept, and only there', async () => {
  await open('store');
  await mounted.press(buttonNamed('Forget the slack address'));
  await mounted.eventually(() => expect(asked('channel.forget-secret')).toEqual([{ slot }]));
});

it('says why none can be kept here', async () => {
  await open('environment', { message: 'There is no key store.', hint: 'Use the environment.' });
  await mounted.eventually(() =>
    expect(buttonNamed('Set the slack address')?.getAttribute('title')).toBe(
      'There is no key store. Use the environment.',
    ),
  );
  await mounted.press(buttonNamed('Set the slack address'));
  expect(document.querySelector('input')).toBeNull();
});
