import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { autostartFileName } from '../../main/electron/autostart-entry.ts';
import { appTest as base } from '../support/app-test.ts';
import { execArguments } from '../support/desktop-entry.ts';
import { eventually } from '../support/eventually.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';
import { answerDialogs } from '../support/native-dialogs.ts';
import { processesOfHome } from '../support/processes-of-home.ts';

/** A configuration folder of its own, as `XDG_CONFIG_HOME` of everything that is started. */
const appTest = base.extend<{ readonly config: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  config: async ({}, use) => {
    const config = mkdtempSync(path.join(tmpdir(), 'vc-'));
    const { XDG_CONFIG_HOME: before } = process.env;
    process.env.XDG_CONFIG_HOME = config;
    await use(config);
    if (before === undefined) delete process.env.XDG_CONFIG_HOME;
    else process.env.XDG_CONFIG_HOME = before;
    rmSync(config, { recursive: true, force: true });
  },
});

appTest(
  'switched on in the settings, the app starts hidden at login; switched off, it does not',
  async ({ config, launch, desktop, home }) => {
    const file = path.join(config, 'autostart', autostartFileName(home, '/'));
    const app = await launch();
    const page = await app.window();
    await page.evaluate("location.hash = '#/settings'");
    const box = page.getByRole('checkbox', { name: 'Start Vigil when I log in' });
    expect(await box.isChecked()).toBe(false);
    await box.click();
    await eventually('the box ticked', () => box.isChecked());
    await eventually('the entry', () => existsSync(file));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const entry = readFileSync(file, 'utf8');
    await desktop.clickMenu(['Quit']);
    expect(await app.exited).toBe(0);
    expect(existsSync(file)).toBe(true);
    await eventually('the icon gone', () => desktop.trayCount === 0);

    // The desktop's part at login.
    const [program = '', ...args] = execArguments(entry);
    expect(args).toEqual(expect.arrayContaining(['--hidden', '--home', home]));
    const child = spawn(program, args, { stdio: 'ignore' });
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await desktop.trayThat('with an engine', ({ tooltip }) => tooltip === 'No machines yet');
    expect(pagesOf(home)).toEqual([]);
    await desktop.activate();
    await eventually('a window, so that one would have been seen', () => pagesOf(home).length > 0);

    const engine = await connectToEngineOf(home);
    expect(await engine.call('engine.status', {})).toMatchObject({ pid: child.pid, host: 'app' });
    await engine.call('settings.change', { desktop: { start_at_login: false } });
    await eventually('no entry any more', () => !existsSync(file));
    engine.close();
    await desktop.clickMenu(['Quit']);
    expect(await exited).toBe(0);
  },
);

appTest(
  'a file of that name that somebody else made is left alone, and that is said',
  async ({ config, launch, home }) => {
    const file = path.join(config, 'autostart', autostartFileName(home, '/'));
    mkdirSync(path.dirname(file));
    writeFileSync(file, '[Desktop Entry]\nType=Application\nExec=/my/own\n');
    const app = await launch({ args: ['--hidden'], expectProblems: true });
    const engine = await connectToEngineOf(home);
    const dialogs = await answerDialogs(app, 'OK');
    await engine.call('settings.change', { desktop: { start_at_login: true } });
    const [said] = await eventually('the dialog', async () => {
      const asked = await dialogs.asked();
      return asked.length > 0 ? asked : null;
    });
    expect(said?.message).toContain('was not made by Vigil and is left alone');
    expect(readFileSync(file, 'utf8')).toContain('Exec=/my/own');
    engine.close();
  },
);

/** Processes that draw a page. Chromium writes their whole command line as one text. */
function pagesOf(home: string): readonly number[] {
  return processesOfHome(home)
    .filter(({ commandLine }) => / --type=renderer\b/.test(commandLine.join(' ')))
    .map(({ pid }) => pid);
}
