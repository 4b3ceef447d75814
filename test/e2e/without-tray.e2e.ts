import { describe, expect } from 'vitest';
import { appTest as base } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';

const appTest = base.extend({ hasTray: false });
const title = 'This desktop has no tray';

describe('on a desktop without a tray', () => {
  appTest('the app says so once, and its window stays within reach', async ({ launch, desktop, home }) => {
    const first = await launch();
    const page = await first.window();
    await eventually('the word about it', () => desktop.notifications.some((each) => each.title === title));
    await page
      .getByRole('heading', { level: 1 })
      .or(page.getByRole('navigation', { name: 'Main' }))
      .first()
      .waitFor();

    await watchMinimising(first);
    await closeWindow(first);
    await eventually('the window minimised', () => minimised(first));
    expect(first.electron.windows()).toHaveLength(1);
    const engine = await connectToEngineOf(home);
    await engine.call('machine.create', { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16 });
    await page.getByText('demo').first().waitFor({ state: 'attached' });
    engine.close();
    process.kill(first.pid, 'SIGTERM');
    expect(await first.exited).toBe(0);

    const second = await launch({ args: ['--hidden'] });
    await second.window();
    expect(desktop.notifications.filter((each) => each.title === title)).toHaveLength(1);
    process.kill(second.pid, 'SIGTERM');
    expect(await second.exited).toBe(0);
  });
});

base('where there is a tray nothing is said, and a closed window is gone', async ({ launch, desktop }) => {
  const app = await launch();
  const page = await app.window();
  await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
  await Promise.all([page.waitForEvent('close'), closeWindow(app)]);
  expect(app.electron.windows()).toEqual([]);
  expect(desktop.notifications).toEqual([]);
});

function closeWindow(app: RunningApp): Promise<void> {
  return app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
}

/** The test's display has no window manager to do it and to tell. */
function watchMinimising(app: RunningApp): Promise<void> {
  return app.inMain(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window === undefined) throw new Error('There is no window.');
    window.minimize = () => {
      (globalThis as typeof globalThis & { wasMinimised?: boolean }).wasMinimised = true;
    };
  });
}

function minimised(app: RunningApp): Promise<boolean> {
  return app.inMain(() => (globalThis as typeof globalThis & { wasMinimised?: boolean }).wasMinimised === true);
}
