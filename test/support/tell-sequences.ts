import type { SequencesOutcome } from './snapshot-sequences.ts';

/** The figures of B9 in a line. */
export function tellSequences(outcome: SequencesOutcome, count: number, seed: number): string {
  const verbs = [...outcome.verbs].map(([verb, times]) => `${verb} ${times}`).join(', ');
  return [
    `B9: R=${count} M=0 seed=${seed}; ${verbs};`,
    `engine killed ${outcome.engineKills} times, a machine ${outcome.machineKills} times;`,
    `${outcome.toolChanges} changes by the image tool, ${outcome.onHeldImages.length} on a held image;`,
    `${outcome.corrupt.length} corrupt, ${outcome.leaking} with unused room, ${outcome.torn.length} torn, ${outcome.jobsLeft.length} jobs left`,
  ].join(' ');
}
