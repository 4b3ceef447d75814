import type { FailureKind, HealingGuard, HealingRung, RestartPolicy } from '../../contract/healing.ts';
import type { MachineState, WantedState } from '../../contract/machine.ts';
import type { BudgetAnswer } from './restart-budget.ts';

/**
 * Whether a machine that is not well is to be helped, and how. Pure: everything that speaks for or against it is in the
 * situation. The guards are asked in one fixed order and the first refusal is the answer, with a sentence a person can read.
 */

/** Moments are wall-clock milliseconds. */
export interface Situation {
  readonly now: number;
  readonly name: string;
  readonly policy: RestartPolicy;
  readonly dryRun: boolean;
  readonly failure: Failure;
  readonly wanted: WantedState;
  readonly state: MachineState;
  /** What is being done to it now, in a word; null when nothing is. */
  readonly operation: string | null;
  /** Healing as a whole is paused until then; `Infinity` until a person goes on; null when it is not. */
  readonly pausedUntil: number | null;
  /** Its maintenance window ends then; null outside of one. */
  readonly maintenanceUntil: number | null;
  /** When a person last did something to it; null when nobody did. */
  readonly lastActionAt: number | null;
  /** For so long after that nothing is healed. */
  readonly quietMs: number;
  /** Within it no verdict counts; null when it is over or does not apply. */
  readonly startAllowanceUntil: number | null;
  /** Reached through a network of which this computer is one end only. */
  readonly isRemote: boolean;
  readonly observer: Observer;
  readonly fleet: FleetCondition;
  /** Signs, taken after the failure began, that the guest is well after all. */
  readonly contradictions: readonly string[];
  /** Those it depends on that are not well, by name. */
  readonly sickParents: readonly string[];
  /** What may be tried, gentlest first, as far as it is possible now. */
  readonly ladder: readonly HealingRung[];
  readonly unitBudget: BudgetAnswer;
  readonly machineBudget: BudgetAnswer;
  /** Machines that are being restarted now, and others that were within the last ten minutes. */
  readonly healingNow: number;
  readonly healedLately: number;
}

export interface Failure {
  readonly kind: FailureKind;
  readonly since: number;
  readonly reason: string;
  /** Failed checks in a row, against the number that counts; null for a failure that needs no counting. */
  readonly count: { readonly failures: number; readonly threshold: number } | null;
}

/** The watcher, as far as it could be the fault. */
export interface Observer {
  /** Sentences about what is wrong here: no link, no route, no DNS, starved. Empty: nothing is known to be. */
  readonly faults: readonly string[];
  /** Witnesses that answered after the failure began. */
  readonly witnesses: number;
  /** What made its view of the world doubtful, and when; null when nothing did. */
  readonly disturbance: { readonly at: number; readonly what: string } | null;
  /** For so long after a disturbance nothing is judged. */
  readonly graceMs: number;
}

export interface FleetCondition {
  /** Machines reached through the network and watched. */
  readonly remote: number;
  /** Those of them that turned bad in the window of this failure. */
  readonly turnedBad: number;
  /** The same among those of the network that this one is in. */
  readonly neighbours: { readonly remote: number; readonly turnedBad: number };
  readonly size: number;
}

export type HealingVerdict =
  | { readonly kind: 'act'; readonly rung: HealingRung; readonly reason: string }
  | { readonly kind: 'would-act'; readonly rung: HealingRung; readonly reason: string }
  /** Not now; asked again at `until` at the latest, or with the next check when null. */
  | {
      readonly kind: 'refuse';
      readonly guard: HealingGuard;
      readonly reason: string;
      readonly until: number | null;
    }
  /** Only a person goes on. */
  | { readonly kind: 'give-up'; readonly guard: 'tripped' | 'ladder'; readonly reason: string };

export const fleetWideMinimum = 3;
export const witnessesNeeded = 2;
export const healingAtOnce = 2;
const unitRungs: ReadonlySet<HealingRung> = new Set(['restart-unit']);
const ownFailures: ReadonlySet<FailureKind> = new Set(['ended', 'held', 'unreachable', 'unit-failed']);

type Refusal = Exclude<HealingVerdict, { readonly kind: 'act' | 'would-act' }> | null;

/** The order is that of `healingGuards`. */
const guards: readonly ((situation: Situation) => Refusal)[] = [
  policyGuard,
  kindGuard,
  wantedGuard,
  operationGuard,
  pauseGuard,
  maintenanceGuard,
  recentActionGuard,
  startAllowanceGuard,
  ownHealthGuard,
  fleetWideGuard,
  contradictionGuard,
  dependencyGuard,
];

export function judgeHealing(situation: Situation): HealingVerdict {
  for (const guard of guards) {
    const refusal = guard(situation);
    if (refusal !== null) return refusal;
  }
  const choice = chooseRung(situation);
  if (typeof choice !== 'string') return choice;
  const reason = `${situation.failure.reason} (policy ${situation.policy})`;
  return { kind: situation.dryRun ? 'would-act' : 'act', rung: choice, reason };
}

/** The part of the chain that is asked again immediately before the act. */
export function stillAllowed(situation: Situation): Refusal {
  for (const guard of guards) {
    if (guard === startAllowanceGuard) continue;
    const refusal = guard(situation);
    if (refusal !== null) return refusal;
  }
  return null;
}

function policyGuard({ policy, failure, startAllowanceUntil, now }: Situation): Refusal {
  if (policy === 'never') return refuse('policy', 'Its policy is never: nothing is restarted without being asked.');
  // While it may be starting up no failure counts; another guard says so.
  if (failure.count === null || (startAllowanceUntil !== null && startAllowanceUntil > now)) return null;
  const { failures, threshold } = failure.count;
  const needed = policy === 'on-failure' ? threshold : 1;
  return failures < needed
    ? refuse('policy', `${failures} of ${threshold} failed checks: its policy waits for ${needed}.`)
    : null;
}

function kindGuard({ failure }: Situation): Refusal {
  if (ownFailures.has(failure.kind)) return null;
  return refuse('failure-kind', `${failure.reason} That is no failure of the machine, so a restart would not help.`);
}

function wantedGuard({ wanted, state }: Situation): Refusal {
  if (wanted === 'running') {
    if (state !== 'deallocated' && state !== 'deallocating') return null;
    return refuse('wanted', 'It is deallocated, which only a person undoes.');
  }
  return refuse('wanted', `It is meant to be ${wanted}.`);
}

function operationGuard({ operation }: Situation): Refusal {
  return operation === null ? null : refuse('operation', `Something else is under way: ${operation}.`);
}

function pauseGuard({ pausedUntil, now }: Situation): Refusal {
  if (pausedUntil === null || pausedUntil <= now) return null;
  return refuse('paused', 'Healing is paused.', Number.isFinite(pausedUntil) ? pausedUntil : null);
}

function maintenanceGuard({ maintenanceUntil, now }: Situation): Refusal {
  if (maintenanceUntil === null || maintenanceUntil <= now) return null;
  return refuse('maintenance', 'It is in a maintenance window.', maintenanceUntil);
}

function recentActionGuard({ lastActionAt, quietMs, now, failure }: Situation): Refusal {
  // A clock that was set back: an act in the future is one of just now.
  const age = lastActionAt === null ? null : Math.max(0, now - lastActionAt);
  if (age === null || age >= quietMs) return null;
  // What ended by itself after the person was done is no work of theirs.
  if (failure.kind === 'ended' && lastActionAt !== null && failure.since > lastActionAt) return null;
  const minutes = Math.floor(age / 60_000);
  const when = minutes < 1 ? 'less than a minute' : minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return refuse('recent-action', `Someone worked on it ${when} ago; they may still be.`, now - age + quietMs);
}

function startAllowanceGuard({ startAllowanceUntil, now, failure }: Situation): Refusal {
  if (startAllowanceUntil === null || startAllowanceUntil <= now) return null;
  if (failure.kind === 'ended' || failure.kind === 'held') return null;
  return refuse('start-allowance', 'It may still be starting up.', startAllowanceUntil);
}

function ownHealthGuard({ observer, isRemote, now, failure }: Situation): Refusal {
  const { disturbance, graceMs } = observer;
  if (disturbance !== null && needsWatching(failure.kind)) {
    const until = Math.min(disturbance.at, now) + graceMs;
    if (now < until) return refuse('own-health', `${disturbance.what} A check after that has to tell.`, until);
  }
  if (!needsWatching(failure.kind)) return null;
  const [fault] = observer.faults;
  if (fault !== undefined) return refuse('own-health', `${fault} The watcher may be the fault.`);
  if (isRemote && observer.witnesses < witnessesNeeded) {
    return refuse(
      'own-health',
      `${observer.witnesses} of ${witnessesNeeded} witnesses answered since it failed: our own network may be the fault.`,
    );
  }
  return null;
}

/** A process that is gone is seen without any network. */
function needsWatching(kind: FailureKind): boolean {
  return kind === 'unreachable' || kind === 'unit-failed';
}

function fleetWideGuard({ fleet, isRemote, failure }: Situation): Refusal {
  if (!isRemote || !needsWatching(failure.kind)) return null;
  const together = [fleet, fleet.neighbours].find(
    ({ remote, turnedBad }) => turnedBad >= fleetWideMinimum && turnedBad * 2 > remote,
  );
  if (together === undefined) return null;
  return refuse(
    'fleet-wide',
    `${together.turnedBad} of ${together.remote} machines turned bad together: the fault is taken to be between them and us.`,
  );
}

function contradictionGuard({ contradictions, failure, ladder }: Situation): Refusal {
  const [sign] = contradictions;
  if (sign === undefined || !needsWatching(failure.kind)) return null;
  // A guest that is alive inside does not need its machine restarted; the one unit that fails may be.
  if (ladder[0] === 'restart-unit') return null;
  return refuse('contradiction', `${sign} So the machine itself is well.`);
}

function dependencyGuard({ sickParents }: Situation): Refusal {
  const [parent] = sickParents;
  return parent === undefined ? null : refuse('dependencies', `It depends on '${parent}', which comes first.`);
}

/** The gentlest rung with budget left; or why there is none. */
function chooseRung(situation: Situation): HealingRung | NonNullable<Refusal> {
  const { ladder, unitBudget, machineBudget, contradictions, failure } = situation;
  const alive = contradictions.length > 0 && needsWatching(failure.kind);
  let waiting: NonNullable<Refusal> | null = null;
  for (const rung of ladder) {
    if (unitRungs.has(rung)) {
      if (unitBudget.kind === 'now') return rung;
      if (unitBudget.kind === 'wait')
        return refuse('budget', 'The wait before the next restart of the unit is not over.', unitBudget.until);
      if (alive && unitBudget.kind === 'spent')
        waiting = refuse('budget', 'The unit was restarted as often as it may be.', unitBudget.until);
      continue;
    }
    // The sign of life speaks against every rung that would end it.
    if (alive) continue;
    switch (machineBudget.kind) {
      case 'now':
        return fleetBudget(situation) ?? rung;
      case 'wait':
        return refuse('budget', 'The wait before the next restart is not over.', machineBudget.until);
      case 'spent':
        return refuse('budget', 'It was restarted as often as it may be within an hour.', machineBudget.until);
      case 'tripped':
        return {
          kind: 'give-up',
          guard: 'tripped',
          reason: 'It was restarted as often as it may be; a person has to look and release it.',
        };
    }
  }
  return waiting ?? { kind: 'give-up', guard: 'ladder', reason: 'There is nothing left that may be tried.' };
}

function fleetBudget({ healingNow, healedLately, fleet }: Situation): Refusal {
  if (healingNow >= healingAtOnce) return refuse('fleet-budget', `${healingNow} machines are being restarted already.`);
  const allowed = Math.max(1, Math.ceil(fleet.size / 10));
  if (healedLately < allowed) return null;
  return refuse('fleet-budget', `${healedLately} machines of ${fleet.size} were restarted within ten minutes.`);
}

function refuse(guard: HealingGuard, reason: string, until: number | null = null): NonNullable<Refusal> {
  return { kind: 'refuse', guard, reason, until };
}
