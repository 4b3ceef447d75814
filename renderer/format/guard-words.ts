import type { HealingGuard } from '../../main/contract/healing.ts';

/** Who spoke against healing, in as few words as fit on a tag. */
export const guardWords: Readonly<Record<HealingGuard, string>> = {
  policy: 'policy',
  'failure-kind': 'kind of failure',
  wanted: 'wanted state',
  operation: 'operation under way',
  paused: 'healing is paused',
  maintenance: 'maintenance window',
  'recent-action': 'someone worked on it',
  'start-allowance': 'start allowance',
  'own-health': 'this computer',
  'fleet-wide': 'many at once',
  contradiction: 'contradiction',
  dependencies: 'depends on others',
  tripped: 'restart limit',
  budget: 'wait before a restart',
  'fleet-budget': 'limit of the fleet',
  ladder: 'nothing left to try',
};

/** The same for a word that came with an entry; as it stands where it is none of them. */
export function guardWord(guard: string): string {
  return Object.entries(guardWords).find(([known]) => known === guard)?.[1] ?? guard;
}
