// `npm test`: everything, cheapest first, stopping at the first step that fails. The last line sums up.
// `npm test -- unit renderer` runs only these steps; any other argument goes to vitest (`npm test -- unit fleet`).
import { buildWhenStale } from './build.mjs';
import { provideDebianPackages } from './debian-packages.mjs';
import { lint } from './lint.mjs';
import { ExpectedFailure } from './project.mjs';
import { emptyResult, passed, runVitest, sum, summary } from './vitest-run.mjs';

/** @typedef {import('./vitest-run.mjs').Result} Result */

/** @type {Record<string, (args: readonly string[]) => Promise<Result>>} */
const steps = {
  lint: async () => {
    const failed = await lint();
    return { ...emptyResult, failed: failed.length };
  },
  architecture: (args) => runVitest('architecture', args),
  unit: (args) => runVitest('unit', args),
  renderer: (args) => runVitest('renderer', args),
  integration: async (args) => {
    await buildWhenStale();
    return runVitest('integration', args);
  },
  e2e: async (args) => {
    await buildWhenStale();
    return runVitest('e2e', args, { electron: true, mayBeEmpty: args.length > 0 });
  },
};

/** @param {readonly string[]} args */
export async function run(args) {
  const chosen = args.filter((arg) => Object.hasOwn(steps, arg));
  const rest = args.filter((arg) => !Object.hasOwn(steps, arg));
  const install = provideDebianPackages('test');
  if (install) throw new ExpectedFailure(`The tests need Debian packages first:\n  ${install}`);

  let total = emptyResult;
  for (const [name, step] of Object.entries(steps)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    console.log(`\n== ${name}`);
    const result = await attempt(() => step(rest));
    total = sum(total, result);
    if (!passed(result)) {
      console.log(`\n${name} failed.`);
      process.exitCode = 1;
      break;
    }
  }
  console.log(`\n${summary(total)}`);
}

/**
 * A step that cannot even run (no Electron, a build that breaks) is a failed one, and the last line still comes.
 * @param {() => Promise<Result>} step
 */
async function attempt(step) {
  try {
    return await step();
  } catch (error) {
    console.error(error instanceof ExpectedFailure ? error.message : error);
    return { ...emptyResult, failed: 1 };
  }
}
