import path from 'node:path';
import { app, dialog, type NativeImage, nativeImage } from 'electron';
import type { Failure } from '../contract/failure.ts';
import { createAlertMirror } from './alert-mirror.ts';
import { appLog } from './app-log.ts';
import { appPaths } from './app-paths.ts';
import { serveAppScheme } from './app-scheme.ts';
import { setApplicationMenu } from './application-menu.ts';
import { createAskBeforeQuit } from './ask-before-quit.ts';
import { createAttend } from './attend.ts';
import type { AppCommand } from './command-line.ts';
import { attachEngine, hostEngine } from './engine-seats.ts';
import { createEngineSession } from './engine-session.ts';
import { createFleetMirror } from './fleet-mirror.ts';
import { followLoginSetting } from './follow-login-setting.ts';
import { followTheme } from './follow-theme.ts';
import { serveIpc } from './ipc.ts';
import { leaveInOrder } from './leave-in-order.ts';
import { createLoginItem } from './login-item.ts';
import { createNotifications } from './notifications.ts';
import { createOsSeal } from './os-seal.ts';
import { saveCsv } from './save-csv.ts';
import { tellOfMachines } from './tell-of-machines.ts';
import { createTray } from './tray.ts';
import { createTrayActions } from './tray-actions.ts';
import { trayImage } from './tray-icons.ts';
import { createTrayUpdates } from './tray-updates.ts';
import { trayView } from './tray-view.ts';
import { windowBoundsIn } from './window-bounds.ts';
import { createWindows } from './windows.ts';
import { createWithoutTray, type WithoutTray } from './without-tray.ts';

/** Joins engine, windows and tray, and lives until someone quits. Call it once, as the only app of its home. */
export async function runApp({ home, hidden }: AppCommand): Promise<void> {
  const paths = appPaths(app.getAppPath());
  const place = {
    home,
    version: app.getVersion(),
    resourcesFolder: paths.resources,
    seal: createOsSeal(process.platform),
  };
  const session = createEngineSession({
    host: () => hostEngine(place),
    attach: () => attachEngine(home, appLog),
    clock,
    log: appLog,
  });
  const { connection } = session;
  const openTerminal = async (machine: string): Promise<null> => {
    const { openTerminalOfThisDesktop } = await import('../assemble.ts');
    await openTerminalOfThisDesktop(await connection.call('ssh.target', { machine }), home);
    return null;
  };
  const askWhereToSave = async (suggested: string): Promise<string | null> => {
    const filters = [{ name: 'CSV', extensions: ['csv'] }];
    const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: suggested, filters });
    return canceled || filePath === '' ? null : filePath;
  };
  /** Null until there is a tray of ours: a window can be closed before. */
  let withoutTray: WithoutTray | null = null;
  const windows = createWindows({
    preload: paths.preload,
    bounds: windowBoundsIn(path.join(home, 'electron')),
    devTools: !app.isPackaged,
    serve: () => {
      serveAppScheme(paths.renderer);
      serveIpc({
        connection,
        own: {
          'desktop.open-terminal': ({ machine }) => openTerminal(machine),
          'desktop.save-csv': (input) => saveCsv({ connection, ask: askWhereToSave }, input),
        },
        pages: windows.pages,
      });
    },
    reachable: () => withoutTray?.hasTray ?? true,
    kept: () => void withoutTray?.look(),
  });

  // Its windows closed, the app lives on in the tray.
  app.on('window-all-closed', () => {});
  app.on('activate', () => windows.show());
  app.on('second-instance', (_event, args) => {
    if (!args.includes('--hidden')) void app.whenReady().then(() => windows.show());
  });
  leaveInOrder(() => session.stop());

  await app.whenReady();
  followTheme(connection);
  // What the person waits for comes first, and has this thread for itself: the window, or without one the icon.
  if (!hidden) {
    windows.show();
    await Promise.race([windows.painted().then(() => pause(displayMs)), pause(longestPaintMs)]);
  }

  const mirror = createFleetMirror(connection, () => updates.changed());
  const alertMirror = createAlertMirror(connection, () => updates.changed());
  const view = () =>
    trayView({
      machines: mirror.machines,
      operations: mirror.operations,
      notices: mirror.notices,
      alerts: alertMirror.alerts,
      noEngine: session.noEngine,
      now: Date.now(),
    });
  const askToQuit = createAskBeforeQuit({
    connection,
    fleet: mirror,
    ask: async ({ buttons, ...question }) => {
      const options = { ...question, type: 'question' as const, title: 'Vigil', buttons: [...buttons], noLink: true };
      return (await dialog.showMessageBox(options)).response;
    },
    tell: ({ message, detail }) => warn(message, detail),
    quit: () => app.quit(),
  });
  const quit = () => void askToQuit();
  const perform = createTrayActions({
    connection,
    show: windows.show,
    openTerminal,
    quit,
    refused: tellRefusal,
  });
  const newTray = () => createTray({ icons: paths.icons, view: view(), perform });
  let tray = newTray();
  const updates = createTrayUpdates({ view, draw: (next) => tray.draw(next), after: clock.after });
  // A desktop asks a new icon for its menu before it shows it.
  if (hidden) await pause(iconFirstMs);
  setApplicationMenu(quit);
  const engineSought = new Promise<void>((resolve) => {
    session.onChange(() => {
      updates.changed();
      resolve();
    });
    clock.after(longestStartMs, resolve);
  });

  const notifications = createNotifications(appPicture(paths.icons), async () =>
    (await import('../assemble.ts')).notificationServiceOfThisDesktop(),
  );
  // Once the app has gone, a click on one of them would lead nowhere.
  app.once('will-quit', () => notifications.closeAll());
  tellOfMachines({
    connection,
    notifications,
    show: windows.show,
    machine: (id) => mirror.machines.find((machine) => machine.id === id),
    attend: createAttend({ connection, show: windows.show, refused: tellRefusal }),
    log: appLog,
  });
  followLoginSetting({ connection, item: createLoginItem(home, paths.icons), log: appLog, failed: tellRefusal });
  withoutTray = createWithoutTray({
    find: async () => (await import('../assemble.ts')).trayHostOfThisDesktop(),
    pause,
    folder: path.join(home, 'electron'),
    notifications,
    show: windows.show,
    arrived: () => {
      tray.remove();
      tray = newTray();
    },
  });
  session.start();
  // Asking the desktop starts a program, which holds everything up for longer than all the rest takes: not while window
  // and engine are on their way, nor while the first picture is drawn.
  await engineSought;
  await pause(fleetDrawnMs);
  const hasTray = await withoutTray.look();
  // Also when it was closed before it was known that nothing else leads to the app.
  if (!hasTray) windows.showMinimised();
}

/** Not even an engine that cannot start keeps a desktop without a tray from being seen for longer. */
const longestStartMs = 3000;

/** From a window that opens to its first picture: nothing waits for a display that shows none. */
const longestPaintMs = 1000;
/** From a picture that is drawn to one that can be seen: the display hands it on by way of this thread. */
const displayMs = 60;
/** From an engine that answers to a fleet that is drawn. */
const fleetDrawnMs = 1000;
/** What a desktop takes to put an icon into its tray. Started hidden, there is nothing else to see. */
const iconFirstMs = 250;

const clock = {
  monotonicNow: () => performance.now(),
  after: (delayMs: number, action: () => void) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}

/** Of its own, so that it waits for nobody and nothing waits for it. */
function warn(message: string, detail: string): void {
  void dialog.showMessageBox({ type: 'warning', title: 'Vigil', message, detail, buttons: ['OK'] });
}

function tellRefusal({ message, hint }: Failure): void {
  warn(message, hint ?? '');
}

function appPicture(icons: string): NativeImage {
  const picture = nativeImage.createFromPath(path.join(icons, 'app.png'));
  return picture.isEmpty() ? trayImage(icons, 'alarm', 'light', 'linux') : picture;
}
