import { app, BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import { appOrigin, isAppAddress } from './sender-check.ts';
import { openingBounds, smallestWindow, type WindowBounds } from './window-bounds.ts';

/** Where in the app a window should stand. */
export type Place =
  | { readonly page: 'fleet' | 'new-machine' | 'alerts' }
  /** `at`: the moment to show, ISO 8601 UTC. */
  | { readonly page: 'machine'; readonly id: string; readonly at?: string; readonly tab?: 'console' };

export interface Windows {
  /** Brings the window to the front, opening it if there is none. Without a place, an open one stays where it is. */
  show(place?: Place): void;
  /** Opens the window as an entry in the desktop's list of windows, if there is none. */
  showMinimised(): void;
  /** Resolves when the window that is open has drawn its first picture; at once where there is none. */
  painted(): Promise<void>;
  /** The contents of every window of ours. */
  pages(): readonly WebContents[];
}

export interface WindowParts {
  /** Absolute path of the preload script. */
  readonly preload: string;
  readonly bounds: WindowBounds;
  readonly devTools: boolean;
  /** Makes what pages are served with. Called once, before there is the first. */
  serve(): void;
  /** Whether the app can be reached without a window. Where not, closing one only minimises it. */
  reachable(): boolean;
  /** A window was minimised because it is the only way to the app. */
  kept(): void;
}

/** As in the renderer's tokens (`--bg`), so that nothing flashes before the first paint. */
const background = { light: '#f4f5f6', dark: '#0e1114' } as const;

/** One window at most. Closing it ends its renderer; the app lives on in the tray, where there is one. */
export function createWindows({ preload, bounds, devTools, serve, reachable, kept }: WindowParts): Windows {
  let window: BrowserWindow | null = null;
  let painted = Promise.resolve();
  let isServed = false;
  // Quitting closes the window too, and that must not be held back.
  let quitting = false;
  app.once('before-quit', () => {
    quitting = true;
  });

  function open(place: Place, minimised: boolean): void {
    if (!isServed) serve();
    isServed = true;
    const opened = new BrowserWindow({
      ...openingBounds(
        bounds.read(),
        screen.getAllDisplays().map(({ workArea }) => workArea),
      ),
      minWidth: smallestWindow.width,
      minHeight: smallestWindow.height,
      title: 'Vigil',
      show: false,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
      webPreferences: {
        preload,
        devTools,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
      },
    });
    window = opened;
    opened.setMenuBarVisibility(false);
    painted = new Promise((resolve) => opened.once('ready-to-show', resolve));
    if (minimised) opened.minimize();
    else opened.once('ready-to-show', () => opened.show());
    opened.on('close', (event) => {
      bounds.write(opened.getNormalBounds());
      if (quitting || reachable()) return;
      event.preventDefault();
      opened.minimize();
      kept();
    });
    opened.on('closed', () => {
      if (window === opened) window = null;
    });
    reviveOnce(opened);
    // Electron asks nobody before a page blanks itself. Its calls are refused from there; the person gets the page back.
    opened.webContents.on('did-navigate', (_event, address) => {
      if (!isAppAddress(address)) load(opened, { page: 'fleet' });
    });
    load(opened, place);
  }

  return {
    show: (place) => {
      if (window === null) {
        open(place ?? { page: 'fleet' }, false);
        return;
      }
      if (place !== undefined) load(window, place);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    showMinimised: () => {
      if (window === null) open({ page: 'fleet' }, true);
    },
    painted: () => painted,
    pages: () => (window === null || window.isDestroyed() ? [] : [window.webContents]),
  };
}

/** A page whose process died comes back by itself; one that dies before it was loaded again does not. */
function reviveOnce(window: BrowserWindow): void {
  let loaded = false;
  window.webContents.on('did-finish-load', () => {
    loaded = true;
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    if (loaded) window.webContents.reload();
    else window.destroy();
    loaded = false;
  });
}

/** Only the part after `#` differs between places, so a window that is open keeps its page. */
function load(window: BrowserWindow, place: Place): void {
  // It rejects when a later load overtakes it or the window is closed meanwhile: neither is a fault.
  window.loadURL(addressOf(place)).catch(() => {});
}

function addressOf(place: Place): string {
  switch (place.page) {
    case 'fleet':
      return `${appOrigin}/#/`;
    case 'new-machine':
      return `${appOrigin}/#/new`;
    case 'alerts':
      return `${appOrigin}/#/alerts`;
    case 'machine': {
      const tab = place.tab === undefined ? '' : `/${place.tab}`;
      return `${appOrigin}/#/machines/${encodeURIComponent(place.id)}${tab}${momentOf(place)}`;
    }
  }
}

function momentOf({ at }: { readonly at?: string }): string {
  return at === undefined ? '' : `?at=${encodeURIComponent(at)}`;
}
