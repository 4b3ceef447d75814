import type { HealingRung } from '../../contract/healing.ts';
import type { Happening } from '../journal/ledger.ts';
import type { Means } from './choose-ladder.ts';
import type { Failure, HealingVerdict } from './judge-healing.ts';
import type { Patient } from './patient.ts';

/** What healing decides and does, as entries of the journal. */

type Named = Pick<Patient, 'id' | 'name'>;

export function actWords(rung: HealingRung, { name, watch }: Patient, { unit }: Means): string {
  switch (rung) {
    case 'restart-unit':
      return `restart ${unit} on '${name}'`;
    case 'reboot':
      return `reboot '${name}' from inside`;
    case 'restart':
      return `restart '${name}'`;
    case 'hard-restart':
      return `restart '${name}' by force`;
    case 'revert':
      return `take '${name}' back to its snapshot '${watch.revert_snapshot}'`;
  }
}

const rungNouns: Readonly<Record<HealingRung, string>> = {
  'restart-unit': 'restart of its unit',
  reboot: 'reboot from inside',
  restart: 'restart',
  'hard-restart': 'restart by force',
  revert: 'way back to its snapshot',
};

/** A decision that nothing is done for, or not yet. */
export function decisionHappening(
  { id, name, watch }: Patient,
  failure: Failure,
  verdict: Exclude<HealingVerdict, { kind: 'act' }>,
): Happening {
  const about = { failure: failure.kind, policy: watch.restart_policy };
  const machine = { id, name };
  switch (verdict.kind) {
    case 'would-act':
      return {
        action: 'healing.rehearsed',
        actor: 'engine',
        machine,
        summary: `Dry run: the ${rungNouns[verdict.rung]} of '${name}' would begin now. ${verdict.reason}`,
        details: { ...about, rung: verdict.rung },
      };
    case 'refuse':
      return {
        action: 'healing.refused',
        actor: 'engine',
        machine,
        summary: `'${name}' is not healed: ${verdict.reason}`,
        details: { ...about, guard: verdict.guard },
      };
    case 'give-up':
      return {
        // Where nothing would be done nothing is given up either.
        action: watch.dry_run ? 'healing.rehearsed' : 'healing.gave-up',
        actor: 'engine',
        machine,
        summary: watch.dry_run
          ? `Dry run: Vigil would give up on '${name}' now. ${verdict.reason}`
          : `Vigil gives up on '${name}': ${verdict.reason}`,
        details: { ...about, guard: verdict.guard },
      };
  }
}

/** How an intent ended; each has exactly one of these. */
export function outcomeHappening(
  { id, name }: Named,
  rung: HealingRung,
  outcome: 'done' | 'failed' | 'called-off' | 'interrupted',
  said: string,
  cause: number | undefined,
): Happening {
  const noun = rungNouns[rung];
  const base = { actor: 'engine', machine: { id, name }, ...(cause === undefined ? {} : { cause }) } as const;
  switch (outcome) {
    case 'done':
      return { ...base, action: 'healing.done', summary: said, details: { rung, outcome } };
    case 'failed':
      return {
        ...base,
        action: 'healing.failed',
        summary: `The ${noun} of '${name}' failed: ${said}`,
        details: { rung, outcome },
      };
    case 'called-off':
      return {
        ...base,
        action: 'healing.interrupted',
        summary: `The ${noun} of '${name}' was called off: ${said}`,
        details: { rung, outcome },
      };
    case 'interrupted':
      return {
        ...base,
        action: 'healing.interrupted',
        summary: `Vigil ended in the middle of the ${noun} of '${name}'; it counts as used.`,
        details: { rung, outcome },
      };
  }
}
