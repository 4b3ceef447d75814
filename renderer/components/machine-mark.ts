import { healthWord, healthWords, securityDoubt } from '../../main/contract/health-words.ts';
import type { Machine } from '../../main/contract/machine.ts';
import { isPaidWhileOff, severityOf } from '../../main/contract/machine-condition.ts';
import type { Operation } from '../../main/contract/operation.ts';
import { stateWordOf, stateWords } from '../../main/contract/state-words.ts';
import type { MarkKind } from './mark.tsx';

/** The mark of a machine with the word that stands for it. Work under way covers what is wrong: it may be the cure. */
export function markOf(
  machine: Machine,
  operation: Operation | undefined,
): { readonly kind: MarkKind; readonly word: string } {
  if (operation !== undefined) return { kind: 'work', word: 'Working' };
  if (securityDoubt(machine.health) !== null && severityOf(machine, undefined) === 'warning') {
    return { kind: 'guard', word: healthWord(machine.health) };
  }
  switch (severityOf(machine, undefined)) {
    case 'critical':
      return { kind: 'crit', word: 'Needs you' };
    case 'unknown':
      return { kind: 'unk', word: 'Unknown' };
    case 'warning':
      if (isPaidWhileOff(machine)) return { kind: 'coin', word: stateWordOf(machine) };
      return { kind: 'warn', word: 'Degraded' };
    case 'working':
      return { kind: 'work', word: stateWords[machine.state] };
    case 'well':
      return { kind: 'ok', word: machine.health.status === 'healthy' ? healthWords.healthy : stateWords.running };
    case 'resting':
      return { kind: restingMarks[machine.state] ?? 'off', word: stateWords[machine.state] };
  }
}

const restingMarks: Readonly<Partial<Record<Machine['state'], MarkKind>>> = {
  paused: 'pause',
  suspended: 'sleep',
  deallocated: 'dealloc',
};
