// Holds the ready event back until Playwright has attached. Playwright does this itself only for the `electron` package;
// with another executable a window that opens while it attaches can leave both waiting for ever.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { app } = require('electron');

const { VIGIL_APP_UNDER_TEST: folder, VIGIL_PLAYWRIGHT_LOADER: loader } = process.env;
if (!folder || !loader)
  throw new Error('VIGIL_APP_UNDER_TEST and VIGIL_PLAYWRIGHT_LOADER name the app and the loader.');
require(loader);
// Playwright keeps every browser from the key store of whoever runs the tests. A test with a store of its own names it.
const { VIGIL_KEY_STORE_UNDER_TEST: keyStore } = process.env;
if (keyStore) {
  app.commandLine.removeSwitch('password-store');
  app.commandLine.appendSwitch('password-store', keyStore);
}
const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
// As Electron's own start script does; left out of its published types for that reason.
/** @type {typeof app & { setAppPath(folder: string): void, setVersion(version: string): void }} */ (app).setAppPath(
  folder,
);
/** @type {typeof app & { setVersion(version: string): void }} */ (app).setVersion(manifest.version);
app.setName(manifest.productName);
require(path.join(folder, manifest.main));
