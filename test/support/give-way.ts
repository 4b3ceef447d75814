import { constants, setPriority } from 'node:os';

/**
 * This process, and all it starts from now on, takes the processor when others have no use for it: for a suite that has no
 * deadlines and goes on beside some that have. One that waits for much of its time is a little less nice than one that only
 * reckons.
 */
export function giveWay(to: 'what has deadlines' | 'all' = 'all'): void {
  setPriority(to === 'all' ? constants.priority.PRIORITY_BELOW_NORMAL : constants.priority.PRIORITY_BELOW_NORMAL / 2);
}
