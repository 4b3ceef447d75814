import type { MachineState, WantedState } from '../../contract/machine.ts';

/** A machine that another computer runs, as far as checks and healing are concerned with it. */
export interface RemoteMachine {
  readonly id: string;
  readonly name: string;
  readonly provider: 'azure';
  /** Null when it is not known where it is reached. */
  readonly address: string | null;
  /** As its provider says; `unknown` where that is too old. */
  readonly state: MachineState;
  readonly wanted: WantedState;
  /** When it was seen to begin running, wall-clock milliseconds; null when nobody knows. */
  readonly runningSince: number | null;
}
