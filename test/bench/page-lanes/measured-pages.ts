import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CDPSession, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { rendererFile, securityHeaders } from '../../../main/electron/renderer-files.ts';
import { targets } from '../../../scripts/build-targets.mjs';
import { CannotRun } from '../lane.ts';

/** Pages in one headless browser: the built renderer on prepared answers, and bare ones made of the same markup. */
export interface MeasuredPages {
  /** The renderer with so many machines, at an address. */
  renderer(machines: number, hash: string): Promise<MeasuredPage>;
  /** Everything a page shows now, its styles too, and no script. */
  bareCopyOf(page: MeasuredPage): Promise<MeasuredPage>;
  /** One live chart of recharts and nothing else. */
  bareChart(): Promise<MeasuredPage>;
  close(): Promise<void>;
}

export interface MeasuredPage {
  readonly tab: Page;
  readonly session: CDPSession;
}

const origin = 'https://app.test';

export async function openMeasuredPages(): Promise<MeasuredPages> {
  const built = mkdtempSync(path.join(tmpdir(), 'vgb-page-'));
  const browser = await chromium
    .launch({ executablePath: process.env.VIGIL_CHROMIUM ?? '/usr/bin/chromium' })
    .catch((error: unknown) => {
      rmSync(built, { recursive: true, force: true });
      throw new CannotRun(`It needs Chromium: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    });
  const close = async (): Promise<void> => {
    await browser.close();
    rmSync(built, { recursive: true, force: true });
  };
  try {
    const page = path.join(built, 'page');
    const target = targets.find(({ folder }) => folder.endsWith('renderer'));
    if (target === undefined) throw new Error('There is no build target for the renderer.');
    for (const configuration of target.configure(page)) await build({ ...configuration, logLevel: 'error' });
    const bridge = await builtScript('bench-bridge.ts', path.join(built, 'bridge'));

    const open = async (address: string, bare: string | null): Promise<MeasuredPage> => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
      await context.route('**/*', (route) => {
        const { pathname } = new URL(route.request().url());
        if (bare !== null && pathname === '/bare.html')
          return route.fulfill({ status: 200, body: bare, contentType: 'text/html' });
        const file = rendererFile(page, `vigil://app${pathname}`);
        if (file === null) return route.fulfill({ status: 404, body: '' });
        const headers = { ...securityHeaders, 'Content-Type': file.contentType };
        return route.fulfill({ status: 200, body: readFileSync(file.path), headers });
      });
      if (bare === null) await context.addInitScript(bridge);
      const tab = await context.newPage();
      await tab.goto(`${origin}${address}`);
      const session = await context.newCDPSession(tab);
      await session.send('Performance.enable');
      return { tab, session };
    };
    return {
      renderer: (machines, hash) => open(`/index.html?machines=${machines}${hash}`, null),
      bareCopyOf: async ({ tab }) => {
        const markup = await tab.evaluate(() => {
          const copy = document.documentElement.cloneNode(true) as HTMLElement;
          for (const each of copy.querySelectorAll('script, link[rel=modulepreload]')) each.remove();
          return `<!doctype html>${copy.outerHTML}`;
        });
        return open('/bare.html', markup);
      },
      bareChart: async () => {
        const page = await open('/bare.html', '<!doctype html><title>One chart</title>');
        await page.tab.addScriptTag({ content: await builtScript('bare-chart.tsx', path.join(built, 'chart')) });
        await page.tab.locator('.recharts-line path').waitFor({ state: 'attached' });
        return page;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One of the scripts beside this file, as a page can run it. */
async function builtScript(file: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      minify: false,
      emptyOutDir: true,
      lib: {
        entry: path.join(import.meta.dirname, file),
        formats: ['iife'],
        name: 'bench',
        fileName: () => 'script.js',
      },
    },
  });
  return readFileSync(path.join(folder, 'script.js'), 'utf8');
}

/** Milliseconds of the main thread a second, while a page is looked at for so long and updated so often within it. */
export async function costInSight({ tab, session }: MeasuredPage, seconds: number, updates: number): Promise<number> {
  const spent = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  await tab.bringToFront();
  const before = await spent();
  for (let update = 1; update <= updates; update += 1) {
    await tab.evaluate((round) => {
      (window as unknown as { bench: { update(round: number): void } }).bench.update(round);
    }, update);
    await pause((seconds * 1000) / updates);
  }
  return ((await spent()) - before) / seconds;
}

/** Milliseconds of the main thread, and of script on it, for each of so many turns of `step`; each has two frames. */
export async function mainThreadCost(
  { tab, session }: MeasuredPage,
  step: 'update' | 'redraw',
  turns: number,
): Promise<{ readonly taskMs: number; readonly scriptMs: number }> {
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return { task: of('TaskDuration'), script: of('ScriptDuration') };
  };
  const before = await read();
  await tab.evaluate(
    async ({ name, count }) => {
      const { bench } = window as unknown as { bench: Record<string, (round: number) => void> };
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let turn = 1; turn <= count; turn += 1) {
        // From a frame of the page's own: what a debugger runs is not counted as script.
        await new Promise<void>((resolve) => {
          requestAnimationFrame(() => {
            bench[name]?.(turn);
            resolve();
          });
        });
        await frame();
        await frame();
      }
    },
    { name: step, count: turns },
  );
  const after = await read();
  return {
    taskMs: ((after.task - before.task) * 1000) / turns,
    scriptMs: ((after.script - before.script) * 1000) / turns,
  };
}
