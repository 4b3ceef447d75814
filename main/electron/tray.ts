import { Menu, type MenuItemConstructorOptions, nativeTheme, Tray } from 'electron';
import { trayImage } from './tray-icons.ts';
import type { TrayAction, TrayItem } from './tray-menu.ts';
import type { TrayView } from './tray-view.ts';

export interface DrawnTray {
  /** Shows this view; what did not change is not touched. */
  draw(view: TrayView): void;
  remove(): void;
}

export interface TrayParts {
  /** Folder of the pictures. */
  readonly icons: string;
  /** What the tray shows first. */
  readonly view: TrayView;
  perform(action: TrayAction): void;
}

/** Draws a view into the desktop's tray and reports what was chosen. Decides nothing. */
export function createTray({ icons, view, perform }: TrayParts): DrawnTray {
  const picture = ({ icon }: TrayView) => trayImage(icons, icon, panelTheme(), process.platform);
  const tray = new Tray(picture(view));
  let shown: TrayView | null = null;

  function draw(next: TrayView): void {
    if (shown !== null && shown.icon !== next.icon) tray.setImage(picture(next));
    if (shown?.tooltip !== next.tooltip) tray.setToolTip(next.tooltip);
    // On Linux a menu that was handed over never changes: each change is a new menu.
    if (JSON.stringify(shown?.menu) !== JSON.stringify(next.menu)) {
      tray.setContextMenu(Menu.buildFromTemplate(next.menu.map((item) => template(item, perform))));
    }
    shown = next;
  }

  const repaint = () => {
    if (shown !== null) tray.setImage(picture(shown));
  };
  nativeTheme.on('updated', repaint);
  // Where a click opens the menu by itself (macOS), it should do only that.
  if (process.platform !== 'darwin') tray.on('click', () => perform({ kind: 'open' }));
  draw(view);
  return {
    draw,
    remove: () => {
      nativeTheme.off('updated', repaint);
      tray.destroy();
    },
  };
}

/** The panel follows the system, whatever theme the window was given. */
function panelTheme(): 'light' | 'dark' {
  const dark = nativeTheme.shouldUseDarkColorsForSystemIntegratedUI ?? nativeTheme.shouldUseDarkColors;
  return dark ? 'dark' : 'light';
}

function template(item: TrayItem, perform: (action: TrayAction) => void): MenuItemConstructorOptions {
  if (item.kind === 'separator') return { type: 'separator' };
  // A single & would underline the next letter.
  const label = item.label.replaceAll('&', '&&');
  switch (item.kind) {
    case 'text':
      return { label, enabled: false };
    case 'submenu':
      return { label, submenu: item.items.map((each) => template(each, perform)) };
    case 'action':
      return { label, enabled: item.enabled !== false, click: () => perform(item.action) };
  }
}
