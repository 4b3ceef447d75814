import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type Page } from 'playwright';
import { electronForTests } from './electron-runtime/electron-for-tests.mjs';
import { eventually } from './eventually.ts';

/**
 * The person's own browser: an `xdg-open` that stands first on the search path and notes what it was handed, and a real
 * Chromium that knows nothing of Vigil to open it in. Made before the app is launched, which inherits the path.
 */
export interface SomeonesBrowser {
  /** Every address that was handed to the desktop, oldest first. */
  handedOver(): readonly string[];
  /** Waits for the next address that was not opened yet, and opens it. */
  openNext(): Promise<Page>;
  open(address: string): Promise<Page>;
  close(): Promise<void>;
}

const loader = path.join(
  path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib/server/electron/loader.js',
);

export async function someonesBrowser(): Promise<SomeonesBrowser> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vgw-'));
  const { PATH: before } = process.env;
  const notes = path.join(folder, 'handed-over');
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  // One write of one line: nobody reads half an address.
  writeFileSync(path.join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${notes}'\n`, { mode: 0o755 });
  process.env.PATH = `${bin}${path.delimiter}${before}`;
  const handedOver = (): readonly string[] => {
    try {
      return readFileSync(notes, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  };
  const runtime = await electronForTests();
  const { VIGIL_APP_UNDER_TEST: _, ...rest } = process.env;
  const browser = await _electron.launch({
    executablePath: runtime.executable,
    args: [
      ...runtime.args.filter((arg) => arg !== runtime.appDir),
      path.resolve(import.meta.dirname, 'app-on-hold'),
      `--user-data-dir=${path.join(folder, 'profile')}`,
      // The authority is a private one, and it is not this browser that is to judge it.
      '--ignore-certificate-errors',
    ],
    env: {
      ...environmentOf(rest),
      VIGIL_APP_UNDER_TEST: path.resolve(import.meta.dirname, 'someones-browser'),
      VIGIL_PLAYWRIGHT_LOADER: loader,
    },
    timeout: 30_000,
  });
  const page = await browser.firstWindow();
  let opened = 0;
  const open = async (address: string): Promise<Page> => {
    await page.goto(address);
    return page;
  };
  return {
    handedOver,
    open,
    openNext: async () => {
      const address = await eventually('an address for the browser', () => handedOver()[opened]);
      opened += 1;
      return open(address);
    },
    close: async () => {
      process.env.PATH = before;
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function environmentOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /^(npm_|VITEST|NODE_)/.test(name) ? [] : [[name, value] as const],
    ),
  );
}
