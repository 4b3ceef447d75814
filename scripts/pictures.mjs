// `npm run pictures [-- FOLDER]`: a picture of every page, light and dark, from the real app.
import path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { provideDebianPackages } from './debian-packages.mjs';
import { ExpectedFailure, root } from './project.mjs';
import { passed, runVitest, summary } from './vitest-run.mjs';

/** @param {readonly string[]} args */
export async function run([folder = 'docs/pictures']) {
  const install = provideDebianPackages('test');
  if (install) throw new ExpectedFailure(`Pictures need Debian packages first:\n  ${install}`);
  await buildWhenStale();
  const result = await runVitest('e2e', ['pictures'], {
    electron: true,
    mayBeEmpty: false,
    env: { VIGIL_PICTURES_DIR: path.resolve(root, folder) },
  });
  console.log(`\n${summary(result)}`);
  if (!passed(result)) process.exitCode = 1;
}
