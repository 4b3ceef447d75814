import { spawn } from 'node:child_process';
import { describe, expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { electronForTests } from '../support/electron-runtime/electron-for-tests.mjs';
import { eventually } from '../support/eventually.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf, launchHeadless } from '../support/launch-headless.ts';
import { answerDialogs } from '../support/native-dialogs.ts';
import { machineProcessesOf } from '../support/processes-of-home.ts';

const small = { cpus: 1, memoryMib: 64, diskMib: 16, start: true };

describe('quit', () => {
  appTest('leaves machines running, and the next start finds them', async ({ launch, desktop, home }) => {
    const first = await launch();
    await first.window();
    const before = await runningMachine(home);
    await answerDialogs(first, 'Quit');
    await desktop.clickMenu(['Quit (machines keep running)']);
    expect(await first.exited).toBe(0);
    await eventually('the icon gone', () => desktop.trayCount === 0);
    expect(machineProcessesOf(home).map(({ pid }) => pid)).toEqual([before.pid]);

    await launch({ args: ['--hidden'] });
    await desktop.trayThat('that knows the machine', ({ tooltip }) => tooltip === '1 machine, 1 running');
    const engine = await connectToEngineOf(home);
    const [after] = await engine.call('machine.list', {});
    expect(after).toMatchObject({ id: before.id, pid: before.pid, state: 'running', startedAt: before.startedAt });
    engine.close();
  });

  appTest('by a signal is the same', async ({ launch, home }) => {
    const app = await launch();
    await app.window();
    const { pid } = await runningMachine(home);
    process.kill(app.pid, 'SIGTERM');
    expect(await app.exited).toBe(0);
    expect(machineProcessesOf(home).map((each) => each.pid)).toEqual([pid]);
  });

  appTest('of an attached app leaves the engine running', async ({ launch, desktop, home }) => {
    const headless = await launchHeadless(home);
    const app = await launch();
    await app.window();
    await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
    await desktop.clickMenu(['Quit']);
    expect(await app.exited).toBe(0);
    const engine = await connectToEngineOf(home);
    expect(await engine.call('engine.status', {})).toMatchObject({ pid: headless.pid, host: 'headless' });
    engine.close();
  });
});

describe('an attached app', () => {
  appTest('becomes the engine when the other one ends', async ({ launch, desktop, home }) => {
    const headless = await launchHeadless(home);
    const app = await launch({ expectProblems: true });
    const page = await app.window();
    await page.evaluate('window.marker = 1');
    const { pid } = await runningMachine(home);
    await desktop.trayThat('with the machine', ({ tooltip }) => tooltip === '1 machine, 1 running');
    await headless.stop();
    const engine = await eventually('the app as engine', async () => {
      const candidate = await connectToEngineOf(home);
      return candidate.engine.host === 'app' ? candidate : null;
    });
    expect(await engine.call('engine.status', {})).toMatchObject({ host: 'app', pid: app.pid });
    expect(await engine.call('machine.list', {})).toMatchObject([{ pid, state: 'running' }]);
    await desktop.trayThat('with the machine again', ({ tooltip }) => tooltip === '1 machine, 1 running');
    expect(await page.evaluate('window.marker')).toBe(1);
    engine.close();
  });
});

describe('the window', () => {
  appTest('closed, leaves the app in the tray', async ({ launch, desktop }) => {
    const app = await launch();
    const page = await app.window();
    await Promise.all([
      page.waitForEvent('close'),
      app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
    ]);
    await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
    expect(app.electron.windows()).toEqual([]);
  });

  appTest('is shown by a second start, which ends at once', async ({ launch, desktop, home }) => {
    const app = await launch({ args: ['--hidden'] });
    await desktop.tray();
    expect(app.electron.windows()).toEqual([]);
    expect(await startAgain(home, ['--hidden'])).toBe(0);
    expect(app.electron.windows()).toEqual([]);
    expect(await startAgain(home, [])).toBe(0);
    await app.window();
    expect(desktop.trayCount).toBe(1);
  });

  appTest('comes back where it was, as large as it was', async ({ launch, desktop }) => {
    const first = await launch();
    await first.window();
    await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
    await moveTo(first, { x: 60, y: 50, width: 1000, height: 700 });
    await desktop.clickMenu(['Quit']);
    await first.exited;
    const second = await launch();
    await second.window();
    expect(await boundsOf(second)).toMatchObject({ width: 1000, height: 700 });
  });
});

appTest('two homes have an app each', async ({ launch, desktop, home }) => {
  await launch({ args: ['--hidden'] });
  await desktop.tray();
  const other = await launch({ home: `${home}/other`, args: ['--hidden'] });
  await eventually('two icons', () => desktop.trayCount === 2);
  expect(other.pid).toBeGreaterThan(0);
});

async function runningMachine(home: string) {
  const engine = await connectToEngineOf(home);
  const operation = await engine.call('machine.create', { name: 'demo', ...small });
  expect(await engine.call('operation.wait', { operation: operation.id })).toMatchObject({ state: 'done' });
  const machine = await eventually('a running machine', async () => {
    const [first] = await engine.call('machine.list', {});
    return first?.state === 'running' ? first : null;
  });
  engine.close();
  return machine;
}

/** Plainly, without a driver: it hands over to the first and ends before a driver could say a word. */
async function startAgain(home: string, args: readonly string[]): Promise<number | null> {
  const { executable, args: own } = await electronForTests();
  const child = spawn(executable, [...own, '--home', home, ...args], { stdio: 'ignore' });
  return new Promise((resolve) => child.once('exit', resolve));
}

function moveTo(app: RunningApp, bounds: { x: number; y: number; width: number; height: number }): Promise<void> {
  return app.inMain(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), bounds);
}

function boundsOf(app: RunningApp) {
  return app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
}
