// Pictures of the built renderer in plain Chromium, on the story's data, under the app's own content policy; axe looks at
// each page. For whoever works on the looks:
//   node test/renderer/support/preview.mjs FOLDER [NAME-PART]...
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { rendererFile, securityHeaders } from '../../../main/electron/renderer-files.ts';
import { targets } from '../../../scripts/build-targets.mjs';
import { shots } from './preview-shots.mjs';

const [folder = 'pictures', ...parts] = process.argv.slice(2);
const built = mkdtempSync(path.join(tmpdir(), 'vigil-preview-'));
mkdirSync(folder, { recursive: true });
try {
  const renderer = targets.find((target) => target.folder.endsWith('renderer'));
  if (renderer === undefined) throw new Error('There is no build target for the renderer.');
  const page = path.join(built, 'page');
  for (const configuration of renderer.configure(page)) await build(configuration);
  const bridge = path.join(built, 'bridge');
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: bridge,
      minify: false,
      lib: {
        entry: path.join(import.meta.dirname, 'preview-bridge.ts'),
        formats: ['iife'],
        name: 'preview',
        fileName: () => 'bridge.js',
      },
    },
  });
  const faults = await take(page, readFileSync(path.join(bridge, 'bridge.js'), 'utf8'));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  rmSync(built, { recursive: true, force: true });
}

/**
 * @param {string} page
 * @param {string} bridge
 */
async function take(page, bridge) {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const browser = await chromium.launch({ executablePath: process.env.VIGIL_CHROMIUM ?? '/usr/bin/chromium' });
  /** @type {string[]} */
  const faults = [];
  try {
    for (const shot of shots) {
      for (const theme of /** @type {const} */ (['light', 'dark'])) {
        for (const [width, height] of shot.sizes) {
          const name = `${shot.name}-${theme}-${width}`;
          if (parts.length > 0 && !parts.some((part) => name.includes(part))) continue;
          const context = await browser.newContext({
            viewport: { width, height },
            colorScheme: theme,
            timezoneId: 'UTC',
            reducedMotion: 'reduce',
          });
          await context.route('**/*', (route) => answer(route, page));
          await context.addInitScript(bridge);
          const tab = await context.newPage();
          tab.on('console', (message) => {
            if (message.type() === 'error' || message.type() === 'warning') faults.push(`${name}: ${message.text()}`);
          });
          tab.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
          await tab.clock.setFixedTime('2026-03-17T20:30:15Z');
          await tab.goto(`https://app.test/index.html${shot.query ?? ''}${shot.hash}`, { waitUntil: 'networkidle' });
          await shot.prepare?.(tab);
          await tab.waitForTimeout(250);
          const wide = await tab.evaluate(() =>
            Math.max(
              ...[
                document.documentElement,
                ...document.querySelectorAll('.scroll, .fleet-table, .history-table, .alert-detail'),
              ].map((each) => each.scrollWidth - each.clientWidth),
            ),
          );
          if (wide > 0) faults.push(`${name}: ${wide} px wider than its place`);
          await tab.screenshot({ path: path.join(folder, `${name}.png`) });
          faults.push(...(await inspect(tab, axe)).map((text) => `${name}: ${text}`));
          await context.close();
        }
      }
    }
  } finally {
    await browser.close();
  }
  return [...new Set(faults)];
}

/**
 * @param {import('playwright').Route} route
 * @param {string} page
 */
async function answer(route, page) {
  const { pathname } = new URL(route.request().url());
  const file = rendererFile(page, `vigil://app${pathname}`);
  if (file === null) return route.fulfill({ status: 404, body: '' });
  return route.fulfill({
    status: 200,
    body: readFileSync(file.path),
    headers: { ...securityHeaders, 'Content-Type': file.contentType },
  });
}

/**
 * @param {import('playwright').Page} tab
 * @param {string} axe
 */
async function inspect(tab, axe) {
  // Straight to the debugger: the page's policy would refuse a script element.
  const session = await tab.context().newCDPSession(tab);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(
      ({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary).join(' | ')))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return /** @type {string[]} */ (result.value);
}
