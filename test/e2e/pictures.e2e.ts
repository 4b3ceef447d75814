import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { MachineDraftInput } from '../../main/contract/machine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';

/** `npm run pictures` names a folder and keeps the large ones there. */
const chosenFolder = process.env.VIGIL_PICTURES_DIR;
const folder = chosenFolder ?? path.resolve('test-results', 'pictures');
const themes = ['light', 'dark'] as const;
const sizes = [
  { name: '', width: 1200, height: 780 },
  { name: '-900x600', width: 900, height: 600 },
] as const;

/** A developer's fleet on a Tuesday. */
const fleet: readonly (MachineDraftInput & { readonly fate: 'runs' | 'rests' | 'is killed' })[] = [
  {
    name: 'postgres-16',
    cpus: 1,
    memoryMib: 1024,
    diskMib: 40_960,
    forwards: [{ host: 15_432, guest: 5432 }],
    tags: ['db', 'shop'],
    start: true,
    fate: 'runs',
  },
  {
    name: 'shop-frontend',
    cpus: 1,
    memoryMib: 512,
    diskMib: 10_240,
    forwards: [{ host: 18_080, guest: 80 }],
    tags: ['web', 'shop'],
    start: true,
    fate: 'runs',
  },
  { name: 'build-vm', cpus: 1, memoryMib: 1024, diskMib: 61_440, tags: ['ci'], start: true, fate: 'is killed' },
  { name: 'ci-runner-1', cpus: 1, memoryMib: 512, diskMib: 20_480, tags: ['ci'], start: true, fate: 'runs' },
  { name: 'docs-preview', cpus: 1, memoryMib: 256, diskMib: 8192, tags: ['web'], fate: 'rests' },
  { name: 'freebsd-14', cpus: 1, memoryMib: 1024, diskMib: 30_720, fate: 'rests' },
];

appTest(
  'every page looks right: pictures, no axe violation, nothing wider than the window',
  async ({ launch, home }) => {
    mkdirSync(folder, { recursive: true });
    const app = await launch({ trace: false });
    const page = await app.window();
    // Without a null Playwright pretends that the system is light, whatever theme the app gives its windows.
    await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' });
    const engine = await connectToEngineOf(home);
    const faults: string[] = [];

    const show = async (name: string, address: string) => {
      for (const theme of themes) {
        await engine.call('settings.change', { desktop: { theme } });
        for (const size of sizes) {
          await resize(app, page, size);
          await goTo(page, address);
          await eventually(`the ${theme} theme`, () =>
            page.evaluate((dark) => matchMedia('(prefers-color-scheme: dark)').matches === dark, theme === 'dark'),
          );
          await settled(page);
          if (chosenFolder === undefined || size.name === '') {
            await page.screenshot({ path: path.join(folder, `${name}-${theme}${size.name}.png`) });
          }
          const where = `${name}, ${theme}, ${size.width}x${size.height}`;
          faults.push(...(await axeFaults(page)).map((fault) => `${where}: ${fault}`));
          faults.push(...(await overflows(page)).map((fault) => `${where}: ${fault}`));
        }
      }
    };

    await show('first-run', '#/');
    await show('new-machine', '#/new');
    const machines = await settle(engine);
    await show('fleet', '#/');
    await show('machine', `#/machines/${machines.get('postgres-16')}`);
    await show('machine-failed', `#/machines/${machines.get('build-vm')}`);
    await show('machine-timeline', `#/machines/${machines.get('build-vm')}/timeline`);
    await show('machine-console', `#/machines/${machines.get('postgres-16')}/console`);
    await show('activity', '#/activity');
    await show('settings', '#/settings');
    engine.close();
    expect(faults).toEqual([]);
  },
  300_000,
);

/** Makes the fleet and lets each machine meet its fate. Name -> id. */
async function settle(engine: SocketConnection): Promise<ReadonlyMap<string, string>> {
  for (const { fate: _, ...draft } of fleet) {
    const operation = await engine.call('machine.create', draft);
    expect(await engine.call('operation.wait', { operation: operation.id })).toMatchObject({ state: 'done' });
  }
  const runs = (await engine.call('machine.list', {})).filter(({ name }) =>
    fleet.some((each) => each.name === name && each.start === true),
  );
  for (const { id } of runs) {
    await eventually(
      'a machine that runs',
      async () => (await engine.call('machine.get', { machine: id })).machine.pid,
    );
  }
  for (const { name } of fleet.filter(({ fate }) => fate === 'is killed')) {
    const { machine } = await engine.call('machine.get', { machine: name });
    process.kill(machine.pid ?? 0, 'SIGKILL');
    await eventually(`${name} seen to be dead`, async () => {
      return (await engine.call('machine.get', { machine: name })).machine.state === 'failed';
    });
  }
  return new Map((await engine.call('machine.list', {})).map(({ name, id }) => [name, id]));
}

async function resize(
  app: RunningApp,
  page: Page,
  { width, height }: { width: number; height: number },
): Promise<void> {
  await app.electron.evaluate(
    ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setContentSize(to.width, to.height),
    { width, height },
  );
  await eventually('the size', () =>
    page.evaluate((to) => innerWidth === to.width && innerHeight === to.height, { width, height }),
  );
}

async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, address);
}

/** Nothing loads any more and two frames have been drawn. */
async function settled(page: Page): Promise<void> {
  await eventually('nothing that loads', async () => (await page.locator('[aria-busy="true"]').count()) === 0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function axeFaults(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(`${axeSource}; 0`);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown[]; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id} at ${node.target.join(' ')}: ${node.failureSummary}`),
    );
  });
}

/** What a person would have to scroll sideways for. Logs may be wide. */
function overflows(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const wide = [...document.querySelectorAll('*')].filter((element) => {
      if (element.scrollWidth <= element.clientWidth + 1 || element.closest('pre, [role="log"]') !== null) return false;
      if (element === document.documentElement) return true;
      return ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
    });
    return wide.map(
      (element) =>
        `<${element.tagName.toLowerCase()} class="${element.className}"> is ${element.scrollWidth} wide in ${element.clientWidth}`,
    );
  });
}
