import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import type { AppFixtures } from '../support/app-test.ts';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import { connectToEngineOf, launchHeadless } from '../support/launch-headless.ts';
import { machineProcessesOf } from '../support/processes-of-home.ts';

/** A machine's whole way, as a person goes it: made in the form, seen in the fleet, stopped from the tray. */
async function walk({ launch, desktop, home }: AppFixtures, host: 'app' | 'headless'): Promise<void> {
  hurryStops(home);
  const app = await launch();
  const page = await app.window();
  const engine = await connectToEngineOf(home);
  expect((await engine.call('engine.status', {})).host).toBe(host);
  await page.evaluate('window.marker = 1');

  await desktop.clickMenu(['New machine…']);
  await fillForm(page, { name: 'demo', memoryMib: 64, diskMib: 16 });
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: /^Fleet/ })
    .click();
  await expectRow(page, 'demo', /Running/);
  expect(machineProcessesOf(home)).toHaveLength(1);

  await desktop.menuThat('with a machine to stop', (menu) =>
    menu.some(({ label, items }) => label === '● demo' && items.some((item) => item.label === 'Stop' && item.enabled)),
  );
  await desktop.clickMenu(['demo', 'Force stop']);
  await expectRow(page, 'demo', /Stopped/);
  await desktop.menuThat('with a machine to start', (menu) => menu.some(({ label }) => label === '○ demo'));
  expect(machineProcessesOf(home)).toEqual([]);

  // Once more the plain way. Firmware alone never hears the power button, so the ladder goes on to the next rung.
  await desktop.clickMenu(['demo', 'Start']);
  await expectRow(page, 'demo', /Running/);
  await desktop.clickMenu(['demo', 'Stop']);
  await expectRow(page, 'demo', /Stopped/);
  expect(machineProcessesOf(home)).toEqual([]);
  const [stopped] = (await engine.call('operation.list', {}))
    .filter(({ kind }) => kind === 'stop')
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  expect(stopped).toMatchObject({ state: 'done', result: { rung: 'quit' } });

  expect(await page.evaluate('window.marker')).toBe(1);
  engine.close();
}

/** The ACPI rung waits a second instead of half a minute: firmware alone never answers it. */
function hurryStops(home: string): void {
  writeFileSync(path.join(home, 'settings.toml'), '[recovery]\nstop_seconds = 1\n', { mode: 0o600 });
}

async function fillForm(
  page: Page,
  { name, memoryMib, diskMib }: { name: string; memoryMib: number; diskMib: number },
): Promise<void> {
  await page.waitForURL('vigil://app/#/new');
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('textbox', { name: 'Memory' }).fill(String(memoryMib));
  await page.getByRole('textbox', { name: 'Disk' }).fill(String(diskMib));
  await page.getByRole('checkbox', { name: 'Start when created' }).check();
  await page.getByRole('button', { name: 'Create and start' }).click();
  await page.waitForURL(/^vigil:\/\/app\/#\/machines\//);
}

async function expectRow(page: Page, name: string, state: RegExp): Promise<void> {
  const row = page.getByRole('grid', { name: 'Machines' }).getByRole('row').filter({ hasText: name });
  await eventually(`${name} ${state} in the fleet`, async () => state.test((await row.textContent()) ?? ''), 45_000);
}

describe('a machine made in the form runs, and stops at a word from the tray', () => {
  appTest('with the engine in the app', async ({ launch, desktop, home }) => {
    await walk({ launch, desktop, home }, 'app');
  });

  appTest('with the app attached to a headless engine', async ({ launch, desktop, home }) => {
    hurryStops(home);
    await launchHeadless(home);
    await walk({ launch, desktop, home }, 'headless');
  });
});
