// `npm run package`: the app as a folder that runs without npm, in out/package. Nothing is downloaded or compiled: it is made
// of the build and of the Electron that `npm start` would use. `npm run package -- --test` tries it afterwards.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { provideDebianPackages } from './debian-packages.mjs';
import { electronRuntime } from './electron.mjs';
import { layStage, stage } from './package-stage.mjs';
import { ExpectedFailure, modules, out, root, runUnderProjectNode } from './project.mjs';
import { passed, runVitest, summary } from './vitest-run.mjs';

/** @param {readonly string[]} args */
export async function run(args) {
  if (process.platform !== 'linux') throw new ExpectedFailure('Packaging has been tried on Linux only.');
  const isTested = args.includes('--test');
  const install = provideDebianPackages(isTested ? 'test' : 'app');
  if (install) throw new ExpectedFailure(`Packaging needs Debian packages first:\n  ${install}`);
  await buildWhenStale();
  const folder = await pack();
  if (isTested) {
    const rest = args.filter((arg) => arg !== '--test');
    const result = await runVitest('package', rest, {
      electron: true,
      mayBeEmpty: false,
      env: { VIGIL_PACKAGE: folder },
    });
    console.log(`\n${summary(result)}`);
    if (!passed(result)) process.exitCode = 1;
  }
}

/** @returns {Promise<string>} the app's folder */
async function pack() {
  const { dist, version, nativeModules } = await electronRuntime();
  layStage(nativeModules ?? modules);
  const output = path.join(out, 'package');
  rmSync(output, { recursive: true, force: true });
  const code = await runUnderProjectNode([
    path.join(modules, 'electron-builder', 'cli.js'),
    '--linux',
    'dir',
    '--publish=never',
    `--projectDir=${stage}`,
    `--config=${path.join(root, 'electron-builder.yml')}`,
    `-c.electronDist=${dist}`,
    `-c.electronVersion=${version}`,
  ]);
  if (code !== 0) throw new ExpectedFailure(`electron-builder failed with exit code ${code}.`);
  const folder = path.join(output, 'linux-unpacked');
  // A runtime taken out of another application starts given folders from here; ours is in the archive beside it.
  rmSync(path.join(folder, 'resources', 'app'), { recursive: true, force: true });
  if (nativeModules)
    console.log(`Packed with Electron ${version}, which is older than the app is made for: to try, not to ship.`);
  console.log(`The app: ${path.join(folder, 'vigil-app')}\nThe command line: ${path.join(folder, 'vigil')}`);
  return folder;
}
