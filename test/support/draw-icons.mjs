// Draws resources/icons/*.png from resources/icons/sources/*.svg in Chromium. The pictures are kept in the repository; run
// this after changing a source:
//   node test/support/draw-icons.mjs
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';

const icons = path.resolve(import.meta.dirname, '../../resources/icons');
const sources = path.join(icons, 'sources');

/** Inks of the panel an icon lies on; a template is painted by the system, so it is all of one ink. */
const inks = {
  light: { ink: '#1b1f24', work: '#1f5fa8', warn: '#b87400', crit: '#b3261a' },
  dark: { ink: '#eceef0', work: '#7ab3f2', warn: '#e5b04c', crit: '#ff8d7f' },
  template: { ink: '#000', work: '#000', warn: '#000', crit: '#000' },
};
const traySize = 22;

const browser = await chromium.launch({ executablePath: process.env.VIGIL_CHROMIUM ?? '/usr/bin/chromium' });
try {
  for (const file of readdirSync(sources)) {
    const name = path.basename(file, '.svg');
    const svg = readFileSync(path.join(sources, file), 'utf8');
    if (!name.startsWith('tray-')) {
      await draw(svg, {}, 512, 1, `${name}.png`);
      continue;
    }
    for (const [theme, colours] of Object.entries(inks)) {
      await draw(svg, colours, traySize, 1, `${name}-${theme}.png`);
      await draw(svg, colours, traySize, 2, `${name}-${theme}@2x.png`);
    }
  }
} finally {
  await browser.close();
}

/**
 * @param {string} svg
 * @param {Readonly<Record<string, string>>} colours
 * @param {number} size
 * @param {number} scale
 * @param {string} file
 */
async function draw(svg, colours, size, scale, file) {
  const page = await browser.newPage({ viewport: { width: size, height: size }, deviceScaleFactor: scale });
  const variables = Object.entries(colours).map(([name, colour]) => `--${name}: ${colour};`);
  await page.setContent(
    `<style>* { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px; ${variables.join(' ')} }</style>${svg}`,
  );
  await page.screenshot({ path: path.join(icons, file), omitBackground: true });
  await page.close();
}
