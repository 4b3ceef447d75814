// A runnable copy of the built project for a runtime that needs another build of the native module. The bundles import
// nothing else from node_modules, so a copy of out/ beside that module is the whole app.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { builtFrom } from '../../../scripts/freshness.mjs';
import { ExpectedFailure, out, root } from '../../../scripts/project.mjs';

/** A running app loads chunks late: its copy must outlive the next few builds. */
const copiesKept = 4;

/**
 * One folder per build, made once, never changed.
 * @param {string} nativeModules the node_modules folder that fits the runtime
 * @returns {string} the folder to give to Electron
 */
export function stageProject(nativeModules) {
  const build = builtFrom();
  if (!build) throw new ExpectedFailure('There is no finished build in out/. Run `npm run build` first.');
  const name = createHash('sha1').update(`${build}\0${nativeModules}`).digest('hex').slice(0, 12);
  const staged = path.join(out, 'staged');
  const folder = path.join(staged, name);
  if (existsSync(folder)) return folder;

  const next = path.join(staged, `${name}.${process.pid}`);
  mkdirSync(path.join(next, 'out'), { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(next, 'package.json'));
  for (const part of ['main', 'preload', 'renderer']) {
    if (existsSync(path.join(out, part)))
      cpSync(path.join(out, part), path.join(next, 'out', part), { recursive: true });
  }
  cpSync(nativeModules, path.join(next, 'node_modules'), { recursive: true });
  // Read in place, and no module is resolved from there: a link keeps it current.
  symlinkSync(path.join(root, 'resources'), path.join(next, 'resources'));
  try {
    renameSync(next, folder);
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    // Another process staged the same build first.
    if (!existsSync(folder)) throw error;
  }
  removeOldCopies(staged);
  return folder;
}

/** @param {string} staged */
function removeOldCopies(staged) {
  const copies = readdirSync(staged)
    .map((name) => path.join(staged, name))
    .map((folder) => ({ folder, at: statSync(folder, { throwIfNoEntry: false })?.ctimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { folder } of copies.slice(copiesKept)) rmSync(folder, { recursive: true, force: true });
}
