// A browser without anything of Vigil: one empty window, driven from outside.
const { app, BrowserWindow } = require('electron');

app.whenReady().then(() => new BrowserWindow({ width: 800, height: 600 }).loadURL('about:blank'));
