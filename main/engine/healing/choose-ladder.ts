import type { HealingRung, RestartBudget } from '../../contract/healing.ts';
import type { Failure } from './judge-healing.ts';
import type { Patient } from './patient.ts';
import { restartWaitsMs } from './restart-budget.ts';

export interface Means {
  /** Commands can be run inside it: over SSH, or by its agent. */
  readonly reachesInside: boolean;
  /** A unit that could be the cause and can be restarted by itself. */
  readonly unit: string | null;
}

/** After so many restarts since it was last stable a unit is no cure: the next rung has its turn. */
const unitTries = restartWaitsMs.length - 1;

/**
 * What may be tried for this failure, gentlest first: what its owner allows, what is possible now, and what has not been
 * tried in vain since it was last well. The last rung may be tried again, for as long as the budget lasts. Pure.
 */
export function chooseLadder(
  patient: Pick<Patient, 'kind' | 'watch'>,
  failure: Failure,
  means: Means,
  tried: readonly HealingRung[],
  unitBudget: RestartBudget,
): readonly HealingRung[] {
  const possible = patient.watch.ladder.filter((rung) => isPossible(rung, patient, failure, means, unitBudget));
  const machineRungs = possible.filter((rung) => rung !== 'restart-unit');
  const last = machineRungs.at(-1);
  return possible.filter((rung) => rung === 'restart-unit' || rung === last || !tried.includes(rung));
}

function isPossible(
  rung: HealingRung,
  { kind, watch }: Pick<Patient, 'kind' | 'watch'>,
  failure: Failure,
  means: Means,
  unitBudget: RestartBudget,
): boolean {
  const isGone = failure.kind === 'ended' || failure.kind === 'held';
  switch (rung) {
    case 'restart-unit':
      return !isGone && means.reachesInside && means.unit !== null && unitBudget.step < unitTries;
    case 'reboot':
      return !isGone && means.reachesInside;
    case 'restart':
      // A guest that is lost hears no button; only where nothing harder is allowed is it tried all the same.
      return kind !== 'ssh' && !(failure.kind === 'held' && watch.ladder.includes('hard-restart'));
    case 'hard-restart':
      // One that has ended needs no force, unless that is all that is allowed.
      return kind === 'qemu' && !(failure.kind === 'ended' && watch.ladder.includes('restart'));
    case 'revert':
      return kind === 'qemu' && watch.revert_snapshot !== undefined;
  }
}
