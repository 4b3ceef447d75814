import type { Machine, MachineState } from './machine.ts';
import { isPaidWhileOff } from './machine-condition.ts';

/** What a person reads where a machine has a state. */
export const stateWords: Readonly<Record<MachineState, string>> = {
  creating: 'Being created',
  starting: 'Starting',
  running: 'Running',
  paused: 'Paused',
  suspended: 'Suspended',
  stopping: 'Stopping',
  stopped: 'Stopped',
  deallocating: 'Deallocating',
  deallocated: 'Deallocated',
  failed: 'Failed',
  unknown: 'Unknown',
};

/** What a person reads for the state of this machine: one that costs while it is off says so. */
export function stateWordOf(machine: Pick<Machine, 'state' | 'azure'>): string {
  return isPaidWhileOff(machine) ? 'Stopped, still billed' : stateWords[machine.state];
}

/** What stopped-but-billed means, as a sentence that follows those words. */
export const paidWhileOffReason = 'Its compute is paid for until it is deallocated.';
