import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf, launchHeadless } from '../support/launch-headless.ts';
import { answerDialogs } from '../support/native-dialogs.ts';
import { machineProcessesOf } from '../support/processes-of-home.ts';

const small = { cpus: 1, memoryMib: 64, diskMib: 16, start: true };

describe('a wish to quit while machines run', () => {
  appTest('is asked about, and Cancel changes nothing', async ({ launch, desktop, home }) => {
    const app = await launch({ args: ['--hidden'] });
    await twoMachines(home);
    const dialogs = await answerDialogs(app, 'Cancel');
    await desktop.clickMenu(['Quit (machines keep running)']);
    const [question] = await eventually('the question', async () => {
      const asked = await dialogs.asked();
      return asked.length > 0 ? asked : null;
    });
    expect(question).toMatchObject({
      message: 'Quit Vigil? 2 machines keep running.',
      buttons: ['Quit', 'Stop all and quit', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
    });
    await desktop.trayThat('as before', ({ tooltip }) => tooltip === '2 machines, 2 running');
    expect(machineProcessesOf(home)).toHaveLength(2);
  });

  appTest('comes with Ctrl+Q as well; Quit leaves them running', async ({ launch, home }) => {
    const app = await launch();
    await app.window();
    await twoMachines(home);
    await answerDialogs(app, 'Quit');
    await chooseInMenu(app, 'Quit (machines keep running)');
    expect(await app.exited).toBe(0);
    expect(machineProcessesOf(home)).toHaveLength(2);
  });

  appTest('stops them all when told to, shows that it works, then ends', async ({ launch, desktop, home }) => {
    hurryStops(home);
    const app = await launch({ args: ['--hidden'] });
    await twoMachines(home);
    await answerDialogs(app, 'Stop all and quit');
    await desktop.clickMenu(['Quit (machines keep running)']);
    await desktop.trayThat('at work', ({ tooltip }) => /2 busy/.test(tooltip));
    expect(await app.exited).toBe(0);
    expect(machineProcessesOf(home)).toEqual([]);
  });

  appTest('stays when one cannot be stopped, and says which', async ({ launch, desktop, home }) => {
    const app = await launch({ args: ['--hidden'] });
    await twoMachines(home);
    const dialogs = await answerDialogs(app, 'Stop all and quit');
    const engine = await connectToEngineOf(home);
    await desktop.clickMenu(['Quit (machines keep running)']);
    // Someone takes one of the stops back while the ACPI rung still waits.
    const stop = await eventually('a stop under way', async () =>
      (await engine.call('operation.list', {})).find(
        ({ kind, state, machine }) => kind === 'stop' && state === 'running' && machine === 'one',
      ),
    );
    await engine.call('operation.cancel', { operation: stop.id });
    const other = await eventually('the other stop', async () =>
      (await engine.call('operation.list', {})).find(({ kind, machine }) => kind === 'stop' && machine === 'two'),
    );
    await engine.call('operation.cancel', { operation: other.id });
    const words = await eventually('what is said', async () => (await dialogs.asked())[1]);
    expect(words.message).toBe('2 machines could not be stopped. Vigil goes on.');
    expect(words.detail).toMatch(/one: .*\n?.*two: |two: .*\n?.*one: /s);
    expect(machineProcessesOf(home)).toHaveLength(2);
    expect(await engine.call('engine.status', {})).toMatchObject({ pid: app.pid });
    engine.close();
  });

  appTest('says that a headless engine goes on too', async ({ launch, desktop, home }) => {
    const headless = await launchHeadless(home);
    const app = await launch({ args: ['--hidden'] });
    await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
    await twoMachines(home);
    const dialogs = await answerDialogs(app, 'Cancel');
    await desktop.clickMenu(['Quit (machines keep running)']);
    const question = await eventually('the question', async () => (await dialogs.asked())[0]);
    expect(question.detail).toContain('The engine runs on without this app');
    await answerDialogs(app, 'Quit');
    await desktop.clickMenu(['Quit (machines keep running)']);
    expect(await app.exited).toBe(0);
    const engine = await connectToEngineOf(home);
    expect(await engine.call('engine.status', {})).toMatchObject({ pid: headless.pid });
    engine.close();
  });
});

appTest('nothing is asked while nothing runs', async ({ launch, desktop }) => {
  const app = await launch({ args: ['--hidden'] });
  await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
  await answerDialogs(app, 'Cancel');
  await desktop.clickMenu(['Quit']);
  expect(await app.exited).toBe(0);
});

async function twoMachines(home: string): Promise<void> {
  const engine = await connectToEngineOf(home);
  for (const name of ['one', 'two']) {
    const operation = await engine.call('machine.create', { name, ...small });
    expect(await engine.call('operation.wait', { operation: operation.id })).toMatchObject({ state: 'done' });
  }
  await eventually('two running machines', async () =>
    (await engine.call('machine.list', {})).every(({ state }) => state === 'running'),
  );
  engine.close();
}

/** The ACPI rung waits a second instead of half a minute: firmware alone never answers it. */
function hurryStops(home: string): void {
  writeFileSync(path.join(home, 'settings.toml'), '[recovery]\nstop_seconds = 1\n', { mode: 0o600 });
}

function chooseInMenu(app: RunningApp, label: string): Promise<void> {
  return app.inMain(({ Menu }, wanted) => {
    const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []) ?? [];
    const item = items.find((each) => each.label === wanted);
    if (item?.accelerator !== 'CommandOrControl+Q') throw new Error('Ctrl+Q leads elsewhere.');
    item.click();
  }, label);
}
