import path from 'node:path';
import { app, dialog } from 'electron';
import type { Failure } from '../contract/failure.ts';
import { appLog } from './app-log.ts';
import { appPaths } from './app-paths.ts';
import { serveAppScheme } from './app-scheme.ts';
import { setApplicationMenu } from './application-menu.ts';
import type { AppCommand } from './command-line.ts';
import { attachEngine, hostEngine } from './engine-seats.ts';
import { createEngineSession } from './engine-session.ts';
import { createFleetMirror } from './fleet-mirror.ts';
import { followTheme } from './follow-theme.ts';
import { serveIpc } from './ipc.ts';
import { leaveInOrder } from './leave-in-order.ts';
import { createTray } from './tray.ts';
import { createTrayActions } from './tray-actions.ts';
import { createTrayUpdates } from './tray-updates.ts';
import { trayView } from './tray-view.ts';
import { windowBoundsIn } from './window-bounds.ts';
import { createWindows } from './windows.ts';

/** Joins engine, windows and tray, and lives until someone quits. Call it once, as the only app of its home. */
export async function runApp({ home, hidden }: AppCommand): Promise<void> {
  const paths = appPaths(app.getAppPath());
  const place = { home, version: app.getVersion(), resourcesFolder: paths.resources };
  const session = createEngineSession({
    host: () => hostEngine(place),
    attach: () => attachEngine(home, appLog),
    clock,
    log: appLog,
  });
  const { connection } = session;
  const windows = createWindows({
    preload: paths.preload,
    bounds: windowBoundsIn(path.join(home, 'electron')),
    devTools: !app.isPackaged,
  });

  // Its windows closed, the app lives on in the tray.
  app.on('window-all-closed', () => {});
  app.on('activate', () => windows.show());
  app.on('second-instance', (_event, args) => {
    if (!args.includes('--hidden')) void app.whenReady().then(() => windows.show());
  });
  leaveInOrder(() => session.stop());

  await app.whenReady();
  serveAppScheme(paths.renderer);
  setApplicationMenu();
  followTheme(connection);
  serveIpc({ connection, pages: windows.pages });

  const mirror = createFleetMirror(connection, () => updates.changed());
  const view = () =>
    trayView({
      machines: mirror.machines,
      operations: mirror.operations,
      notices: mirror.notices,
      noEngine: session.noEngine,
      now: Date.now(),
    });
  const perform = createTrayActions({ connection, show: windows.show, quit: () => app.quit(), refused: tellRefusal });
  const tray = createTray({ icons: paths.icons, view: view(), perform });
  const updates = createTrayUpdates({ view, draw: tray.draw, after: clock.after });
  session.onChange(updates.changed);

  if (!hidden) windows.show();
  session.start();
}

const clock = {
  monotonicNow: () => performance.now(),
  after: (delayMs: number, action: () => void) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Of its own, so that it waits for nobody and nothing waits for it. */
function tellRefusal({ message, hint }: Failure): void {
  void dialog.showMessageBox({ type: 'warning', title: 'Vigil', message, detail: hint ?? '', buttons: ['OK'] });
}
