import { app, Menu, type MenuItemConstructorOptions } from 'electron';

/**
 * The keys every desktop expects: edit, close, quit. Shown on macOS; elsewhere the bar stays hidden and only its keys work.
 */
export function setApplicationMenu(askToQuit: () => void): void {
  const edit: MenuItemConstructorOptions = {
    label: 'Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      { type: 'separator' },
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  };
  const close: MenuItemConstructorOptions = { label: 'Close Window', role: 'close' };
  const quit: MenuItemConstructorOptions = {
    label: 'Quit (machines keep running)',
    accelerator: 'CommandOrControl+Q',
    click: askToQuit,
  };
  const first: MenuItemConstructorOptions =
    process.platform === 'darwin'
      ? { label: app.name, submenu: [{ role: 'hide' }, { type: 'separator' }, quit] }
      : { label: 'File', submenu: [close, { type: 'separator' }, quit] };
  const window: readonly MenuItemConstructorOptions[] =
    process.platform === 'darwin' ? [{ label: 'Window', submenu: [{ role: 'minimize' }, close] }] : [];
  const tools: readonly MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ label: 'Developer', submenu: [{ role: 'toggleDevTools' }] }];
  Menu.setApplicationMenu(Menu.buildFromTemplate([first, edit, ...window, ...tools]));
}
