// Is the build still the build of these sources? A walk over names, sizes and times: a few milliseconds for the whole tree.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { out, root } from './project.mjs';

/** Everything the bundles are made from. `resources/` is read in place, so it is not part of them. */
const sources = ['main', 'preload', 'renderer', 'package-lock.json', 'package.json', 'scripts/build-targets.mjs'];

export const buildStamp = path.join(out, '.built');

export function fingerprint() {
  const hash = createHash('sha1');
  for (const source of sources) add(path.join(root, source));
  return hash.digest('hex');

  /** @param {string} file */
  function add(file) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of readdirSync(file).sort()) add(path.join(file, name));
    else hash.update(`${path.relative(root, file)}\0${stat.size}\0${stat.mtimeMs}\n`);
  }
}

/** The fingerprint of the sources that `out/` was built from, or null without a finished build. */
export function builtFrom() {
  return existsSync(buildStamp) ? readFileSync(buildStamp, 'utf8') : null;
}
