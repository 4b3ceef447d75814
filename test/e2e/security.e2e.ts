import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import type { RunningApp } from '../support/launch-app.ts';
import { type PageAttack, pageAttacks } from './page-attacks.ts';

/** In the page, as its own script: the rights of the developer tools, which reach past the policy, end with the task. */
async function succeeds(page: Page, attack: PageAttack): Promise<boolean> {
  const attempt = page.evaluate(
    `new Promise((resolve) => {
      setTimeout(() => resolve(false), 2000);
      setTimeout(() => Promise.resolve().then(${attack}).then((won) => resolve(won === true), () => resolve(false)), 0);
    })`,
  );
  // A page that is gone was left by the attack.
  return attempt.then(Boolean, () => true);
}

async function survivors(page: Page, attacks: Readonly<Record<string, PageAttack>>): Promise<readonly string[]> {
  const successful: string[] = [];
  for (const [name, attack] of Object.entries(attacks)) if (await succeeds(page, attack)) successful.push(name);
  return successful;
}

describe('a script that got into the page', () => {
  appTest('succeeds with none of its attacks', async ({ launch }) => {
    const app = await launch({ trace: false, expectProblems: true });
    const page = await app.window();
    const address = page.url();
    const loaded: string[] = [];
    page.on('requestfinished', (request) => loaded.push(request.url()));
    await page.evaluate('window.marker = 1');

    expect(Object.keys(pageAttacks).length).toBeGreaterThanOrEqual(60);
    expect(await survivors(page, pageAttacks)).toEqual([]);

    expect(await page.evaluate('window.marker')).toBe(1);
    expect(page.url()).toBe(address);
    expect(loaded.filter((url) => !url.startsWith('vigil://app/') && !/^(data|blob|about):/.test(url))).toEqual([]);
    expect(await app.inMain(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
  });

  appTest('would succeed in a window without our guards', async ({ launch }) => {
    const app = await launch({ trace: false, args: ['--hidden'], expectProblems: true });
    const page = await unguardedWindow(app);
    const tried = [
      'evaluates',
      'makes a function of text',
      'writes a script',
      'writes markup',
      'writes a style',
      'opens a blank window',
      'fetches data',
      'starts a worker',
      'compiles WebAssembly',
    ];
    const attacks = Object.fromEntries(Object.entries(pageAttacks).filter(([name]) => tried.includes(name)));
    expect(await survivors(page, attacks)).toEqual(Object.keys(attacks));
    expect(Object.keys(attacks).sort()).toEqual(tried.sort());
  });
});

describe('the window', () => {
  appTest('comes back when its page blanks itself', async ({ launch }) => {
    const app = await launch({ trace: false, expectProblems: true });
    const page = await app.window();
    const title = await page.title();
    await page.evaluate('window.marker = 1; setTimeout(() => { location.href = "about:blank" }, 0)');
    await eventually('our page, loaded anew', async () => {
      return (await page.title()) === title && (await page.evaluate('window.marker')) === undefined;
    });
    expect(page.url()).toMatch(/^vigil:\/\/app\//);
  });

  appTest('is sandboxed, isolated, without Node and under a strict policy', async ({ launch }) => {
    const app = await launch();
    const page = await app.window();
    const preferences = await app.inMain(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const {
        sandbox,
        contextIsolation,
        nodeIntegration,
        nodeIntegrationInSubFrames,
        nodeIntegrationInWorker,
        webSecurity,
        webviewTag,
        allowRunningInsecureContent,
        experimentalFeatures,
      } = contents.getLastWebPreferences();
      return {
        sandbox,
        contextIsolation,
        nodeIntegration,
        nodeIntegrationInSubFrames,
        nodeIntegrationInWorker,
        webSecurity,
        webviewTag,
        allowRunningInsecureContent,
        experimentalFeatures,
      };
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    expect(preferences).not.toMatchObject({ webSecurity: false });
    for (const off of [
      'nodeIntegrationInSubFrames',
      'nodeIntegrationInWorker',
      'allowRunningInsecureContent',
      'experimentalFeatures',
    ] as const) {
      expect(preferences[off] ?? false).toBe(false);
    }

    const headers = (await page.reload())?.headers() ?? {};
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a call', () => {
  appTest('is refused to a stranger who holds the preload script', async ({ launch }) => {
    const app = await launch({ trace: false, expectProblems: true });
    await app.window();
    const outcomes = await app.inMain(async ({ app: electronApp, BrowserWindow }) => {
      const preload = `${electronApp.getAppPath()}/out/preload/preload.cjs`;
      const ask = 'window.vigil.call("machine.list", {})';
      const told: Record<string, unknown> = {};
      for (const address of ['about:blank', 'vigil://app/', 'vigil://app/index.html#/new']) {
        const stranger = new BrowserWindow({
          show: false,
          webPreferences: { preload, sandbox: true, contextIsolation: true },
        });
        await stranger.loadURL(address);
        told[address] = await stranger.webContents.executeJavaScript(ask);
        stranger.destroy();
      }
      return told;
    });
    const refused = { ok: false, error: { code: 'refused', message: 'Only a window of Vigil may call.' } };
    expect(outcomes).toEqual({
      'about:blank': refused,
      'vigil://app/': refused,
      'vigil://app/index.html#/new': refused,
    });
  });

  appTest('is refused to a frame inside our own page', async ({ launch }) => {
    const app = await launch({ trace: false, expectProblems: true });
    const page = await app.window();
    const outcome = await app.inMain(async ({ BrowserWindow, ipcMain }) => {
      // A frame never gets the preload script. Should that ever fail, this is what its message would meet.
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const { _invokeHandlers: handlers } = ipcMain as unknown as {
        _invokeHandlers: Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>;
      };
      const main = contents?.mainFrame;
      const frame = { parent: main, origin: main?.origin, url: main?.url, processId: main?.processId, routingId: 99 };
      return await handlers.get('vigil:call')?.({ sender: contents, senderFrame: frame }, 'machine.list', {});
    });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'refused' } });
    // The same words from the page itself are heard.
    const own = () => page.evaluate('window.vigil.call("engine.status", {})') as Promise<{ ok: boolean }>;
    await eventually('an answer to our own page', async () => (await own()).ok);
  });
});

/** Its own session, none of our handlers: what Electron does by itself. */
async function unguardedWindow(app: RunningApp): Promise<Page> {
  const opened = app.electron.waitForEvent('window');
  await app.inMain(async ({ BrowserWindow, session }) => {
    const free = session.fromPartition('unguarded');
    free.webRequest.onBeforeRequest(null);
    free.setPermissionRequestHandler(null);
    free.setPermissionCheckHandler(null);
    const window = new BrowserWindow({ show: false, webPreferences: { session: free } });
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      window.webContents.removeAllListeners(event);
    }
    window.webContents.setWindowOpenHandler(() => ({ action: 'allow' }));
    await window.loadURL('data:text/html,<body>free</body>');
  });
  return await opened;
}
