import { constants, setPriority } from 'node:os';

/**
 * This process, and all it starts from now on, takes the processor when others have no use for it: for a suite that has no
 * deadlines and goes on beside some that have.
 */
export function giveWay(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
