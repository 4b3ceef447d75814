// `npm run test:chaos`: the fault suite. Real processes, real kills; minutes, not seconds, so it is no part of `npm test`.
import { buildWhenStale } from './build.mjs';
import { provideDebianPackages } from './debian-packages.mjs';
import { ExpectedFailure } from './project.mjs';
import { passed, runVitest, sum, summary } from './vitest-run.mjs';

/** @param {readonly string[]} args */
export async function run(args) {
  const install = provideDebianPackages('test');
  if (install) throw new ExpectedFailure(`The tests need Debian packages first:\n  ${install}`);
  await buildWhenStale();
  const alone = await runVitest('chaos', args, { electron: true });
  const result = sum(alone, await runVitest('chaos-side-by-side', args, { electron: true }));
  if (result.passed + result.failed === 0) throw new ExpectedFailure(`No fault suite is called ${args.join(' ')}.`);
  console.log(`\n${summary(result)}`);
  if (!passed(result)) process.exitCode = 1;
}
