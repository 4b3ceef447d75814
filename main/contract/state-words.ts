import type { MachineState } from './machine.ts';

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
