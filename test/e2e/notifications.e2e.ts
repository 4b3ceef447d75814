import { describe, expect } from 'vitest';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { type AppFixtures, appTest } from '../support/app-test.ts';
import type { ShownNotification } from '../support/desktop-session/notification-service.ts';
import { eventually } from '../support/eventually.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf, launchHeadless } from '../support/launch-headless.ts';

const small = { cpus: 1, memoryMib: 64, diskMib: 16, start: true };

describe('a machine that ends by itself', () => {
  appTest('is told at the desktop, and a click leads to the very event', async ({ launch, desktop, home }) => {
    const app = await launch({ args: ['--hidden'] });
    const engine = await connectToEngineOf(home);
    const calm = await desktop.trayThat('at rest', ({ tooltip }) => tooltip === 'No machines yet');
    const { id, pid } = await startDemo(engine);

    process.kill(pid, 'SIGKILL');
    const notification = await newest(desktop, 1);
    expect(notification).toMatchObject({ title: 'demo: ended by itself', urgency: 2, expiresMs: 0, closed: false });
    expect(notification.body).toMatch(/killed/);
    const alarm = await desktop.trayThat('that raises the alarm', ({ tooltip }) =>
      /1 unhealthy: demo \(.*killed/.test(tooltip),
    );
    expect(alarm.icon.hash).not.toBe(calm.icon.hash);

    // No window is open: the click opens one.
    expect(app.electron.windows()).toEqual([]);
    desktop.invoke(notification.id, 'default');
    const page = await app.window();
    expect(page.url()).toMatch(new RegExp(`^vigil://app/#/machines/${id}\\?at=`));
    await page.locator('.timeline-shown', { hasText: /killed/i }).waitFor();
    await eventually('the entry in view', () => isInView(page));
    await eventually('the notification that was clicked gone', () => desktop.notifications[0]?.closed);
    engine.close();
  });

  appTest('is led to from wherever the window stands', async ({ launch, desktop, home }) => {
    const app = await launch();
    const page = await app.window();
    const engine = await connectToEngineOf(home);
    const { id, pid } = await startDemo(engine);
    await page.evaluate("location.hash = '#/settings'; window.marker = 1");
    process.kill(pid, 'SIGKILL');
    const notification = await newest(desktop, 1);
    desktop.invoke(notification.id, 'default');
    await page.waitForURL(new RegExp(`#/machines/${id}\\?at=`));
    await page.locator('.timeline-shown', { hasText: /killed/i }).waitFor();
    expect(await page.evaluate('window.marker')).toBe(1);
    expect(app.electron.windows()).toHaveLength(1);
    engine.close();
  });

  appTest('is no news any more once it runs again; a second end is', async ({ launch, desktop, home }) => {
    await launch({ args: ['--hidden'] });
    const engine = await connectToEngineOf(home);
    const { id, pid } = await startDemo(engine);
    process.kill(pid, 'SIGKILL');
    await newest(desktop, 1);

    const again = await run(engine, engine.call('machine.start', { machine: id }));
    await eventually('the notification closed', () => desktop.notifications[0]?.closed);
    process.kill(again.pid, 'SIGKILL');
    const second = await newest(desktop, 2);
    expect(second).toMatchObject({ title: 'demo: ended by itself', closed: false });
    expect(desktop.notifications.filter(({ closed }) => !closed)).toHaveLength(1);

    const deletion = await engine.call('machine.delete', { machine: id });
    expect(await engine.call('operation.wait', { operation: deletion.id })).toMatchObject({ state: 'done' });
    await eventually('no notification about a machine that is no more', () =>
      desktop.notifications.every(({ closed }) => closed),
    );
    engine.close();
  });

  appTest(
    'is brought up again by the button of its notification, which then goes',
    async ({ launch, desktop, home }) => {
      await launch({ args: ['--hidden'] });
      const engine = await connectToEngineOf(home);
      const { id, pid } = await startDemo(engine);
      process.kill(pid, 'SIGKILL');
      const notification = await newest(desktop, 1);
      expect(notification.actions).toEqual(['default', 'Open', 'restart', 'Restart now', 'console', 'Console']);
      desktop.invoke(notification.id, 'restart');
      await eventually('the machine running again', async () => {
        const { machine } = await engine.call('machine.get', { machine: id });
        return machine.state === 'running' && machine.pid !== pid;
      });
      await eventually('the notification closed', () => desktop.notifications[0]?.closed);
      expect(desktop.notifications).toHaveLength(1);
      engine.close();
    },
  );

  appTest('is told by the next start, once, when nobody was there', async ({ launch, desktop, home }) => {
    const first = await launch({ args: ['--hidden'] });
    const engine = await connectToEngineOf(home);
    const { pid } = await startDemo(engine);
    engine.close();
    process.kill(first.pid, 'SIGTERM');
    await first.exited;
    process.kill(pid, 'SIGKILL');

    const second = await launch({ args: ['--hidden'] });
    const notification = await newest(desktop, 1);
    desktop.invoke(notification.id, 'default');
    await (await second.window()).locator('.timeline-shown').waitFor();
    expect(desktop.notifications).toHaveLength(1);
  });

  appTest('is not told when a person wants no notifications', async ({ launch, desktop, home }) => {
    await launch({ args: ['--hidden'] });
    const engine = await connectToEngineOf(home);
    await engine.call('settings.change', { desktop: { notifications: false } });
    const { pid } = await startDemo(engine);
    process.kill(pid, 'SIGKILL');
    await desktop.trayThat('that raises the alarm', ({ tooltip }) => /1 unhealthy: demo/.test(tooltip));
    expect(desktop.notifications).toEqual([]);
    engine.close();
  });
});

describe('a headless engine', () => {
  appTest('tells it itself while there is no app', async ({ desktop, home }) => {
    await launchHeadless(home);
    const engine = await connectToEngineOf(home);
    const { pid } = await startDemo(engine);
    process.kill(pid, 'SIGKILL');
    expect(await newest(desktop, 1)).toMatchObject({ title: 'demo: ended by itself', urgency: 2 });
    await engine.call('engine.shutdown', {});
    engine.close();
  });

  appTest('leaves it to the app that is attached: one notification, not two', async ({ launch, desktop, home }) => {
    const headless = await launchHeadless(home);
    const app = await launch({ args: ['--hidden'], expectProblems: true });
    await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
    const engine = await connectToEngineOf(home);
    const { id, pid } = await startDemo(engine);
    process.kill(pid, 'SIGKILL');
    const notification = await newest(desktop, 1);
    // Electron's own carry a click; those of notify-send do not.
    expect(notification.actions).toContain('default');
    const again = await run(engine, engine.call('machine.start', { machine: id }));
    process.kill(again.pid, 'SIGKILL');
    await newest(desktop, 2);
    expect(desktop.notifications.every(({ actions }) => actions.includes('default'))).toBe(true);
    engine.close();

    process.kill(app.pid, 'SIGTERM');
    expect(await app.exited).toBe(0);
    await eventually('nothing left whose click would lead nowhere', () =>
      desktop.notifications.every(({ closed }) => closed),
    );
    await headless.stop();
  });
});

async function startDemo(engine: SocketConnection): Promise<{ id: string; pid: number }> {
  return run(engine, engine.call('machine.create', { name: 'demo', ...small }));
}

async function run(
  engine: SocketConnection,
  begun: Promise<{ id: string; machineId: string }>,
): Promise<{ id: string; pid: number }> {
  const { id: operation, machineId: id } = await begun;
  expect(await engine.call('operation.wait', { operation })).toMatchObject({ state: 'done' });
  const pid = await eventually('a running machine', async () => {
    const { machine } = await engine.call('machine.get', { machine: id });
    return machine.state === 'running' ? machine.pid : null;
  });
  return { id, pid };
}

function newest(desktop: AppFixtures['desktop'], count: number): Promise<ShownNotification> {
  return eventually(`notification ${count}`, () =>
    desktop.notifications.length >= count ? desktop.notifications.at(-1) : null,
  );
}

function isInView(page: Awaited<ReturnType<RunningApp['window']>>): Promise<boolean> {
  return page.evaluate(() => {
    const box = document.querySelector('.timeline-shown')?.getBoundingClientRect();
    return box !== undefined && box.top >= 0 && box.bottom <= innerHeight;
  });
}
