// `npm run test:chaos`: the fault suite. Real processes, real kills; minutes, not seconds, so it is no part of `npm test`.
import path from 'node:path';
import { buildWhenStale } from './build.mjs';
import { provideDebianPackages } from './debian-packages.mjs';
import { ExpectedFailure, root } from './project.mjs';
import { passed, runVitest, sum, summary } from './vitest-run.mjs';

/**
 * Capabilities whose suites take two cores a quarter of an hour, named by what else finds them. Those that are otherwise run
 * alone are about deadlines, and mostly wait: the others go on meanwhile, and those that only reckon or boot give way.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const atOnce = {
  health: [
    ...['hook-races', 'hook-torture', 'ssh-behaviours'],
    ...['healing', 'real-cures', 'own-network', 'guest-checks', 'owed-hooks', 'restart-storm'],
  ],
};

/** @param {readonly string[]} args */
export async function run(args) {
  const install = provideDebianPackages('test');
  if (install) throw new ExpectedFailure(`The tests need Debian packages first:\n  ${install}`);
  await buildWhenStale();
  const [first = ''] = args;
  const result =
    args.length === 1 && Object.hasOwn(atOnce, first) ? await together(atOnce[first] ?? []) : await oneByOne(args);
  if (result.passed + result.failed === 0) throw new ExpectedFailure(`No fault suite is called ${args.join(' ')}.`);
  console.log(`\n${summary(result)}`);
  if (!passed(result)) process.exitCode = 1;
}

/** @param {readonly string[]} args */
async function oneByOne(args) {
  const alone = await runVitest('chaos', args, { electron: true });
  return sum(alone, await runVitest('chaos-side-by-side', args, { electron: true }));
}

/** @param {readonly string[]} args */
async function together(args) {
  const begun = performance.now();
  // A hundred engines and as many commands are begun from their sources, which are the same.
  const env = { NODE_COMPILE_CACHE: path.join(root, 'test-results', 'compiled') };
  const [alone, beside] = await Promise.all([
    runVitest('chaos', args, { electron: true }),
    runVitest('chaos-side-by-side', args, { electron: true, env }),
  ]);
  console.log(`\n${Math.round((performance.now() - begun) / 1000)} s for all of it`);
  return sum(alone, beside);
}
