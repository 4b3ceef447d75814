import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { openKeyWallet } from '../support/desktop-session/kwallet.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';

const canary = 'https://hooks.tests.test/c4n4ry-51ac';
const inWallet = { args: ['--hidden'], environment: { VIGIL_KEY_STORE_UNDER_TEST: 'kwallet5' } };

describe('a secret of a channel', () => {
  appTest(
    'is refused in words where the desktop has no key store, and nothing is written',
    async ({ launch, home }) => {
      await launch({ args: ['--hidden'] });
      const engine = await connectToEngineOf(home);
      const kept = engine.call('channel.keep-secret', { slot: 'slack address', secret: canary });
      await expect(kept).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('no key store') });
      expect(existsSync(path.join(home, 'secrets'))).toBe(false);
      engine.close();
    },
  );

  appTest(
    'is kept closed by the wallet of the desktop, is there after a restart, and can be forgotten',
    async ({ launch, home }) => {
      const wallet = await openKeyWallet();
      const first = await launch(inWallet);
      const engine = await connectToEngineOf(home);
      expect(await engine.call('channel.secrets', {})).toMatchObject({ refusal: null });
      await engine.call('channel.keep-secret', { slot: 'slack address', secret: canary });
      engine.close();
      process.kill(first.pid, 'SIGTERM');
      await first.exited;

      const [file = ''] = readdirSync(path.join(home, 'secrets'));
      expect(statSync(path.join(home, 'secrets', file)).mode & 0o777).toBe(0o600);
      expect(wallet.entries.size).toBe(1);
      expect(filesThatHold(home, 'c4n4ry')).toEqual([]);

      const second = await launch(inWallet);
      const again = await connectToEngineOf(home);
      const sourceOf = async () =>
        (await again.call('channel.secrets', {})).secrets.find(({ slot }) => slot === 'slack address');
      expect(await sourceOf()).toMatchObject({ source: 'store', trouble: null });
      expect(await again.call('channel.set', { channel: 'slack', enabled: true })).toMatchObject({ state: 'ready' });
      await again.call('channel.forget-secret', { slot: 'slack address' });
      expect(await sourceOf()).toMatchObject({ source: null });
      expect(readdirSync(path.join(home, 'secrets'))).toEqual([]);
      again.close();
      process.kill(second.pid, 'SIGTERM');
      await second.exited;
      await wallet.close();
    },
  );
});

/** Files of the data home, the app's own profile among them, in which a text stands as it is. */
function filesThatHold(home: string, text: string): readonly string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}
