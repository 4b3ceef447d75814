import type { Machine } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';
import { stateWords } from '../../main/contract/state-words.ts';
import { healthWords } from '../format/words.ts';
import type { MarkKind } from './mark.tsx';

/** How much a machine asks for a person's eye; the order is the order of the fleet, worst first. */
export const severities = ['critical', 'unknown', 'warning', 'working', 'well', 'resting'] as const;
export type Severity = (typeof severities)[number];

export function severityOf(machine: Machine, operation: Operation | undefined): Severity {
  const { state, health, notice } = machine;
  if (state === 'failed' || health.status === 'unhealthy' || notice?.severity === 'critical') return 'critical';
  if (state === 'unknown' || health.status === 'unknown') return 'unknown';
  if (health.status === 'degraded' || notice?.severity === 'warning') return 'warning';
  if (operation !== undefined) return 'working';
  switch (state) {
    case 'creating':
    case 'starting':
    case 'stopping':
    case 'deallocating':
      return 'working';
    case 'running':
      return 'well';
    case 'paused':
    case 'suspended':
    case 'stopped':
    case 'deallocated':
      return 'resting';
  }
}

/** The mark of a machine with the word that stands for it. Work under way covers what is wrong: it may be the cure. */
export function markOf(
  machine: Machine,
  operation: Operation | undefined,
): { readonly kind: MarkKind; readonly word: string } {
  if (operation !== undefined) return { kind: 'work', word: 'Working' };
  switch (severityOf(machine, undefined)) {
    case 'critical':
      return { kind: 'crit', word: 'Needs you' };
    case 'unknown':
      return { kind: 'unk', word: 'Unknown' };
    case 'warning':
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

/** Whether a process is there (or, for a remote machine, whether it is up). */
export function isUp({ state }: Machine): boolean {
  return state === 'running' || state === 'paused' || state === 'starting' || state === 'stopping';
}
