// Builds everything that `start`, `vigil` and packaging need into out/.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exclusively } from './exclusive.mjs';
import { buildStamp, builtFrom, fingerprint } from './freshness.mjs';
import { out } from './project.mjs';

export async function run() {
  await buildWhenStale();
}

/** Safe when two run at once: the second waits, then finds the first one's work. */
export async function buildWhenStale() {
  if (builtFrom() === fingerprint()) return;
  await exclusively(path.join(out, '.building'), async () => {
    // Taken before the build: a source saved meanwhile makes this build stale again.
    const sources = fingerprint();
    if (builtFrom() === sources) return;
    console.error('Building...');
    const [{ build }, { targets }] = await Promise.all([import('vite'), import('./build-targets.mjs')]);
    const finished = [];
    for (const { folder, configure } of targets) {
      const next = `${folder}.next`;
      rmSync(next, { recursive: true, force: true });
      for (const config of configure(next)) await build(config);
      finished.push({ folder, next });
    }
    rmSync(buildStamp, { force: true });
    mkdirSync(out, { recursive: true });
    for (const { folder, next } of finished) replaceFolder(folder, next);
    writeFileSync(buildStamp, sources);
  });
}

/**
 * The old folder is moved away first, so a program that starts meanwhile finds either all of the old or all of the new.
 * @param {string} folder
 * @param {string} next
 */
function replaceFolder(folder, next) {
  const previous = `${folder}.previous`;
  rmSync(previous, { recursive: true, force: true });
  try {
    renameSync(folder, previous);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
  renameSync(next, folder);
  rmSync(previous, { recursive: true, force: true });
}
