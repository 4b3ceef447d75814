import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Page } from 'playwright';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { eventually } from './eventually.ts';
import type { RunningApp } from './launch-app.ts';

/** `npm run pictures` names a folder and keeps the large ones there. */
const chosenFolder = process.env.VIGIL_PICTURES_DIR;
const folder = chosenFolder ?? path.resolve('test-results', 'pictures');
const themes = ['light', 'dark'] as const;
const sizes = [
  { name: '', width: 1200, height: 780 },
  { name: '-900x600', width: 900, height: 600 },
] as const;

/** Goes to an address of the window, prepares what is to be seen there, and takes it in every theme and size. */
export type Show = (name: string, address: string, prepare?: () => Promise<void>) => Promise<void>;

/** Pictures of the real app; what axe and the eye for overflow find on the way is added to `faults`. */
export async function takePictures({
  app,
  page,
  engine,
  faults,
}: {
  readonly app: RunningApp;
  readonly page: Page;
  readonly engine: SocketConnection;
  readonly faults: string[];
}): Promise<Show> {
  mkdirSync(folder, { recursive: true });
  // Without a null Playwright pretends that the system is light, whatever theme the app gives its windows.
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' });
  return async (name, address, prepare = async () => {}) => {
    await goTo(page, address);
    await prepare();
    for (const theme of themes) {
      await engine.call('settings.change', { desktop: { theme } });
      for (const size of sizes) {
        await resize(app, page, size);
        await eventually(`the ${theme} theme`, () =>
          page.evaluate((dark) => matchMedia('(prefers-color-scheme: dark)').matches === dark, theme === 'dark'),
        );
        await settled(page);
        if (chosenFolder === undefined || size.name === '') {
          await page.screenshot({ path: path.join(folder, `${name}-${theme}${size.name}.png`) });
        }
        const where = `${name}, ${theme}, ${size.width}x${size.height}`;
        // Ink depends on the theme and room on the size, never the one on the other.
        const found = [
          ...(size === sizes[0] ? await axeFaults(page) : []),
          ...(theme === themes[0] ? await overflows(page) : []),
        ];
        faults.push(...found.map((fault) => `${where}: ${fault}`));
      }
    }
    await resize(app, page, sizes[0]);
  };
}

async function resize(
  app: RunningApp,
  page: Page,
  { width, height }: { width: number; height: number },
): Promise<void> {
  await app.inMain(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setContentSize(to.width, to.height), {
    width,
    height,
  });
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
