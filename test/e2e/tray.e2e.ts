import { describe, expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import type { ShownMenuItem } from '../support/desktop-session/tray-item.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';

const small = { cpus: 1, memoryMib: 64, diskMib: 16 };

describe('the tray', () => {
  appTest('shows an icon, a tooltip and a menu to the desktop', async ({ launch, desktop }) => {
    await launch({ args: ['--hidden'] });
    const tray = await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
    expect(tray.icon.size).toBeGreaterThanOrEqual(16);
    expect(tray.icon.visiblePixels).toBeGreaterThan(40);
    expect((await desktop.menu()).map(({ label }) => label)).toEqual(['New machine…', 'Open Vigil', '', 'Quit']);
  });

  appTest('follows a machine through its life, icon and words and verbs', async ({ launch, desktop, home }) => {
    await launch({ args: ['--hidden'] });
    const engine = await connectToEngineOf(home);
    const calm = await desktop.trayThat('at rest', ({ tooltip }) => tooltip === 'No machines yet');

    await engine.call('machine.create', { name: 'demo', ...small });
    await desktop.trayThat('with the machine', ({ tooltip }) => tooltip === '1 machine, none running');
    await desktop.menuThat('that offers a start', (menu) => verbsOf(menu, 'demo').slice(0, 2).join() === 'Open,Start');

    await desktop.clickMenu(['demo', 'Start']);
    await desktop.trayThat('that shows it running', ({ tooltip }) => tooltip === '1 machine, 1 running');
    await desktop.menuThat('that offers to stop', (menu) =>
      ['Stop', 'Restart', 'Force stop'].every((verb) => verbsOf(menu, 'demo').includes(verb)),
    );

    const [machine] = await engine.call('machine.list', {});
    process.kill(machine?.pid ?? 0, 'SIGKILL');
    const alarm = await desktop.trayThat('that raises the alarm', ({ tooltip }) =>
      /1 unhealthy: demo \(.*killed/.test(tooltip),
    );
    expect(alarm.icon.hash).not.toBe(calm.icon.hash);
    engine.close();
  });

  appTest('pauses healing for an hour, says so, and lets it go on', async ({ launch, desktop, home }) => {
    await launch({ args: ['--hidden'] });
    const engine = await connectToEngineOf(home);
    await engine.call('machine.create', { name: 'demo', ...small });
    await desktop.trayThat('with the machine', ({ tooltip }) => tooltip === '1 machine, none running');

    const before = Date.now();
    await desktop.clickMenu(['Pause healing', 'For 1 hour']);
    await desktop.trayThat('that says so', ({ tooltip }) => tooltip.includes('healing paused'));
    const pause = await engine.call('lifecycle.healing-pause', {});
    const until = Date.parse((pause.paused && pause.until) || '');
    expect(until).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(until).toBeLessThanOrEqual(Date.now() + 3_600_000);

    await desktop.clickMenu(['Resume healing']);
    await desktop.trayThat('at rest again', ({ tooltip }) => tooltip === '1 machine, none running');
    expect(await engine.call('lifecycle.healing-pause', {})).toEqual({ paused: false });
    engine.close();
  });

  appTest('opens the window at a left click and at Open Vigil', async ({ launch, desktop }) => {
    const app = await launch({ args: ['--hidden'] });
    await desktop.tray();
    expect(app.electron.windows()).toEqual([]);
    await desktop.activate();
    const page = await app.window();
    expect(page.url()).toMatch(/^vigil:\/\/app\//);
    await Promise.all([page.waitForEvent('close'), closeWindow(app)]);
    await desktop.clickMenu(['Open Vigil']);
    await app.window();
  });

  appTest('opens the form at New machine…, in the window that is open', async ({ launch, desktop }) => {
    const app = await launch();
    const page = await app.window();
    await desktop.clickMenu(['New machine…']);
    await page.waitForURL('vigil://app/#/new');
    expect(app.electron.windows()).toHaveLength(1);
  });
});

function verbsOf(menu: readonly ShownMenuItem[], name: string): readonly string[] {
  const items = menu.find(({ label }) => label.endsWith(` ${name}`))?.items ?? [];
  return items.filter(({ separator }, index) => index > 0 && !separator).map(({ label }) => label);
}

function closeWindow(app: RunningApp): Promise<void> {
  return app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
}
