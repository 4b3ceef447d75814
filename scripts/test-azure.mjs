// `VIGIL_AZURE_SMOKE=<subscription id> npm run test:azure`: a look, without changes, at a subscription of one's own through the
// Azure CLI's sign-in. No part of `npm test`, which never leaves this computer.
import { ExpectedFailure } from './project.mjs';
import { passed, runVitest, summary } from './vitest-run.mjs';

/** @param {readonly string[]} args */
export async function run(args) {
  if (!process.env.VIGIL_AZURE_SMOKE)
    throw new ExpectedFailure('Set VIGIL_AZURE_SMOKE to the id of a subscription, and sign in with `az login` before.');
  const result = await runVitest('smoke', args, { mayBeEmpty: false });
  console.log(`\n${summary(result)}`);
  if (!passed(result)) process.exitCode = 1;
}
