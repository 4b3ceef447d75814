// The least an Electron app with a tray can be.
const { app, Menu, nativeImage, Tray } = require('electron');

const side = 22;
/** Held here, or they are collected. */
const trays = [];

app.setPath('userData', app.commandLine.getSwitchValue('profile'));
app.whenReady().then(() => {
  const icon = nativeImage.createFromBitmap(Buffer.alloc(side * side * 4, 0xff), { width: side, height: side });
  const tray = new Tray(icon);
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', click: () => app.quit() }]));
  trays.push(tray);
});
