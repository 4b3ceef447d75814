// The folder that is packaged: what was built, resources, and real copies of native modules. Nothing else can get in.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modules, out, projectNode, root } from './project.mjs';

export const stage = path.join(out, 'package-stage');

/** Files of out/main that run in plain Node; the app has no use for them. */
const nodePrograms = /(?:headless|cli|-[\w-]{8})\.mjs$|sqlite-worker\.cjs$/;
/** What the app runs. */
const appPrograms = /(?:electron|sqlite-worker|app-.+)\.cjs$/;

/** The launcher finds itself through links, as /usr/local/bin/vigil would be one. */
const launcher = `#!/bin/sh
# Vigil's command line: the engine's own Node, beside the app.
here=$(dirname "$(readlink -f "$0")")
exec "$here/resources/engine/node" "$here/resources/engine/out/main/cli.mjs" "$@"
`;

/**
 * Lays the stage anew. Expects a finished build.
 * @param {string} appModules the node_modules folder whose native module fits the app's runtime
 */
export function layStage(appModules) {
  rmSync(stage, { recursive: true, force: true });
  layApp(appModules);
  layEngine();
  const folder = path.join(stage, 'launcher');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'vigil'), launcher, { mode: 0o755 });
}

/** @param {string} appModules */
function layApp(appModules) {
  mkdirSync(path.join(stage, 'out'), { recursive: true });
  copyPrograms(path.join(stage, 'out', 'main'), appPrograms);
  for (const part of ['preload', 'renderer']) {
    cpSync(path.join(out, part), path.join(stage, 'out', part), { recursive: true });
  }
  cpSync(path.join(root, 'resources'), path.join(stage, 'resources'), { recursive: true });
  const native = copyNativeModule(appModules, path.join(stage, 'node_modules'));
  writeManifest(stage, { main: 'out/main/electron.cjs', dependencies: native });
}

/** Plain Node with the same engine: no window, no desktop libraries. */
function layEngine() {
  const engine = path.join(stage, 'engine');
  copyPrograms(path.join(engine, 'out', 'main'), nodePrograms);
  cpSync(path.join(root, 'resources'), path.join(engine, 'resources'), { recursive: true });
  copyNativeModule(modules, path.join(engine, 'node_modules'));
  writeManifest(engine, {});
  const node = path.join(engine, 'node');
  cpSync(projectNode(), node, { dereference: true });
  chmodSync(node, 0o755);
}

/**
 * @param {string} to
 * @param {RegExp} wanted
 */
function copyPrograms(to, wanted) {
  const from = path.join(out, 'main');
  cpSync(from, to, { recursive: true, filter: (file) => file === from || wanted.test(file) });
}

/**
 * better-sqlite3 and what it needs to find its binary, without sources and without other platforms' binaries.
 * @param {string} from
 * @param {string} to
 * @returns {Record<string, string>} names and versions of what was copied
 */
function copyNativeModule(from, to) {
  /** @type {Record<string, string>} */
  const copied = {};
  for (const name of ['better-sqlite3', 'bindings', 'file-uri-to-path']) {
    const source = path.join(from, name);
    if (!existsSync(source)) continue;
    const manifest = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8'));
    cpSync(source, path.join(to, name), {
      recursive: true,
      dereference: true,
      filter: (file) => isNeeded(path.relative(source, file)),
    });
    // Its dependencies serve its compilation only; those for loading lie beside it.
    const { version, main, exports, license } = manifest;
    writeFileSync(
      path.join(to, name, 'package.json'),
      JSON.stringify({ name, version, main, exports, license }, null, 2),
    );
    copied[name] = version;
  }
  return copied;
}

/** @param {string} file relative to its module */
function isNeeded(file) {
  const [top = '', name] = file.split(path.sep);
  if (/^(src|deps|node_modules|binding\.gyp)$/.test(top)) return false;
  if (top === 'prebuilds' && name) return name.startsWith(`${process.platform}-${process.arch}.`);
  if (file.endsWith('.node')) return path.basename(file) === 'better_sqlite3.node';
  return !/^build(\/Release)?\/(obj|\.deps)/.test(file) && !/\.(o|a|mk|d|target\.mk)$/.test(file);
}

/**
 * @param {string} folder
 * @param {object} extra
 */
function writeManifest(folder, extra) {
  const { name, productName, version, description, license } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  const manifest = { name, productName, version, description, license, author: 'Vigil', ...extra };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
