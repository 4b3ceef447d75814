// The least an Electron app with a window can be.
const path = require('node:path');
const { app, BrowserWindow } = require('electron');

app.setPath('userData', app.commandLine.getSwitchValue('profile'));
app
  .whenReady()
  .then(() => new BrowserWindow({ width: 1100, height: 720 }).loadFile(path.join(__dirname, 'hello.html')));
