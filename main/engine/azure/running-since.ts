import type { MachineState } from '../../contract/machine.ts';
import type { Clock } from '../ports/clock.ts';

/** When each machine was seen to begin running. One that ran already when it was first seen has begun nobody knows when. */
export interface RunningSince {
  /** `state` as it is shown; null when the machine is gone. */
  saw(id: string, state: MachineState | null): void;
  /** Wall-clock milliseconds; null when it is not known, or it does not run. */
  of(id: string): number | null;
}

export function createRunningSince(clock: Pick<Clock, 'wallNow'>): RunningSince {
  const since = new Map<string, number>();
  /** Those that were seen not to run. */
  const resting = new Set<string>();
  return {
    saw: (id, state) => {
      // Of what is not known now nothing has ended and nothing has begun.
      if (state === 'unknown') return;
      if (state === 'running') {
        if (resting.delete(id)) since.set(id, clock.wallNow());
        return;
      }
      since.delete(id);
      if (state === null) resting.delete(id);
      else resting.add(id);
    },
    of: (id) => since.get(id) ?? null,
  };
}
