import { onTestFailed, test } from 'vitest';

/** One test of a story; those that come after a broken one are skipped by name, because they would tell nothing. */
export type Step = (title: string, work: () => Promise<void>) => void;

/** `keepEvidence` is called with the title of the first one that breaks. */
export function stepsInARow(keepEvidence: (title: string) => Promise<void>): Step {
  let isBroken = false;
  return (title, work) => {
    test(title, async (context) => {
      if (isBroken) context.skip('a step before it failed');
      onTestFailed(async () => {
        isBroken = true;
        await keepEvidence(title);
      });
      await work();
    });
  };
}
