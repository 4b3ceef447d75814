// `npm run bench`: Vigil beside the bare thing, in paired rounds. It reports; no figure of it passes or fails a test.
// `npm run bench -- --lane P6,P7 --rounds 5 --json`
import path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { provideDebianPackages } from './debian-packages.mjs';
import { privateDesktop } from './private-desktop.mjs';
import { ExpectedFailure, projectNode, root, runForeground } from './project.mjs';

/** @param {readonly string[]} args */
export async function run(args) {
  const install = provideDebianPackages('test');
  if (install) throw new ExpectedFailure(`The bench needs Debian packages first:\n  ${install}`);
  await buildWhenStale();
  const [file = '', ...rest] = [
    ...privateDesktop(),
    projectNode(),
    path.join(root, 'test', 'bench', 'run-bench.ts'),
    ...args,
  ];
  process.exitCode = await runForeground(file, rest);
}
