// `npm ci`, but only when package-lock.json asks for it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exclusively } from './exclusive.mjs';
import { ExpectedFailure, modules, out, root, runForeground, withMachinePath } from './project.mjs';

const lockfile = path.join(root, 'package-lock.json');
/** Written by npm at the end of an install. */
const installed = path.join(modules, '.package-lock.json');
/** Hash of the lockfile we installed from: a checkout that only touches the file's time costs no install. */
const stamp = path.join(modules, '.vigil-installed');

export async function installPackagesWhenStale() {
  if (isFresh()) return;
  await exclusively(path.join(out, '.installing'), async () => {
    if (isFresh()) return;
    console.error('Installing npm packages (package-lock.json is newer than node_modules)...');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    // Under the machine's own Node: `npm ci` starts by deleting the project's. No script of ours may write to the terminal's
    // standard output here, a `--json` document may follow.
    const code = await runForeground(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      env: withMachinePath(),
      output: 2,
    });
    if (code !== 0) throw new ExpectedFailure(`npm ci failed with exit code ${code}.`);
    writeFileSync(stamp, lockfileHash());
  });
}

function isFresh() {
  if (!existsSync(installed)) return false;
  if (statSync(lockfile).mtimeMs <= statSync(installed).mtimeMs) return true;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockfileHash()) return false;
  const now = new Date();
  utimesSync(installed, now, now);
  return true;
}

function lockfileHash() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}
