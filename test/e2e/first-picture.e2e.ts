import { expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import { connectToEngineOf, launchHeadless } from '../support/launch-headless.ts';

appTest(
  'a window opens with the fleet as it was last seen, says so, and shows it as it is once the engine answers',
  async ({ launch, home }) => {
    const headless = await launchHeadless(home);
    const engine = await connectToEngineOf(home);
    await engine.call('machine.create', { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16 });
    const first = await launch();
    const page = await first.window();
    await page.locator('#root .fleet-row', { hasText: 'demo' }).waitFor();
    await eventually('a look that is kept', () => page.evaluate("localStorage.getItem('first-picture') !== null"));
    await first.electron.close();

    // An engine that is there and does not answer: the window knows nothing newer.
    process.kill(headless.pid, 'SIGSTOP');
    const second = await launch();
    const opened = await second.window();
    const picture = opened.locator('.first-picture');
    try {
      await picture.locator('.fleet-row', { hasText: 'demo' }).waitFor();
      expect(await picture.locator('.top-title').innerText()).toMatch(/as it was at \d\d:\d\d:\d\d$/);
      // Behind it the app is there, and still waits.
      await opened.locator('#root .rail').waitFor({ state: 'attached' });
      expect(await opened.locator('#root .fleet-row').count()).toBe(0);
      expect(await picture.evaluate((element) => [(element as unknown as { inert: boolean }).inert])).toEqual([true]);
    } finally {
      process.kill(headless.pid, 'SIGCONT');
    }
    await opened.locator('#root .fleet-row', { hasText: 'demo' }).waitFor();
    await eventually('a picture that is gone', async () => (await picture.count()) === 0);
    engine.close();
  },
);
