import type { Explanation, HealingStatus } from '../../contract/healing.ts';
import { healthWord } from '../../contract/health-words.ts';
import type { JournalAction, JournalEntry } from '../../contract/journal.ts';
import type { Machine } from '../../contract/machine.ts';
import { stateWords } from '../../contract/state-words.ts';

/** What led to the present condition; everything else is the timeline's business. */
const telling: ReadonlySet<JournalAction> = new Set<JournalAction>([
  'machine.started',
  'machine.start-failed',
  'machine.stopped',
  'machine.stop-failed',
  'machine.restarted',
  'machine.ended',
  'machine.panicked',
  'machine.paused',
  'machine.resumed',
  'machine.suspended',
  'machine.quarantined',
  'machine.adopted',
  'machine.rebooted',
  'snapshot.reverted',
  'health.changed',
  'azure.opinion',
  'watch.changed',
  'healing.intended',
  'healing.done',
  'healing.failed',
  'healing.interrupted',
  'healing.refused',
  'healing.rehearsed',
  'healing.gave-up',
  'healing.released',
  'hook.failed',
  'hook.refused',
]);
const storyLength = 12;

/** Why a machine is as it is, from what is known of it. `journal` is newest first. Pure. */
export function explainMachine(
  machine: Machine,
  healing: HealingStatus | null,
  journal: readonly JournalEntry[],
): Explanation {
  return {
    machine: machine.name,
    sentences: [...conditionSentences(machine), ...healingSentences(machine, healing)],
    healing,
    story: journal.filter(({ action }) => telling.has(action)).slice(0, storyLength),
  };
}

function conditionSentences({ name, state, wanted, health, notice }: Machine): readonly string[] {
  const isAsWanted = state === wanted || (state === 'suspended' && wanted === 'suspended');
  const said = `'${name}' is ${stateWords[state].toLowerCase()}`;
  const condition = isAsWanted ? `${said}, as it is meant to be.` : `${said}; it is meant to be ${wanted}.`;
  const checked =
    health.status === 'not-applicable'
      ? []
      : [
          health.reason === null
            ? `Its health: ${healthWord(health)}.`
            : `Its health: ${healthWord(health)}${health.since === null ? '' : ` since ${health.since}`}. ${health.reason}`,
        ];
  return [condition, ...(notice === null || notice.text === health.reason ? [] : [notice.text]), ...checked];
}

function healingSentences({ name }: Machine, healing: HealingStatus | null): readonly string[] {
  if (healing === null) {
    return [`Nobody asked Vigil to watch it: \`vigil lifecycle enable ${name}\`.`];
  }
  const { decision, dryRun, failure, policy, restarts, tripped } = healing;
  const armed = policy === 'never' ? 'It is watched, but its policy is never: nothing is restarted.' : null;
  const used =
    restarts.used === 0 ? [] : [`It was restarted ${restarts.used} of ${restarts.allowed} times that it may be.`];
  if (tripped) used.push(`Only a person goes on: \`vigil lifecycle release ${name}\`.`);
  if (failure === null || decision === null) {
    return [
      armed ?? `Its policy is ${policy}${dryRun ? ', as a dry run' : ''}; nothing is wrong that it could heal.`,
      ...used,
    ];
  }
  const until = decision.until === null ? '' : ` It is looked at again at ${decision.until} at the latest.`;
  switch (decision.kind) {
    case 'refuse':
      return [`It is not healed, because: ${decision.reason}${until}`, ...used];
    case 'give-up':
      return [
        dryRun
          ? `Dry run: Vigil would give up on it. ${decision.reason}`
          : `Vigil has given up on it: ${decision.reason}`,
        ...used,
      ];
    case 'would-act':
      return [`Dry run: it would be healed now. ${decision.reason}`, ...used];
    case 'act':
      return [`It is being healed: ${decision.reason}`, ...used];
  }
}
