/** How a machine gets back to a snapshot: pure. */

export interface RevertSituation {
  /** The snapshot has memory, and it is wanted. */
  readonly usesMemory: boolean;
  /** It has a process that runs or is paused; one that is held after a failure counts as down. */
  readonly isUp: boolean;
  /** The process has the very hardware that the memory was saved on. */
  readonly fitsProcess: boolean;
}

export type RevertPlan =
  /** The process takes the other memory and disks. */
  | 'load-in-place'
  /** The process, if any, is ended; a new one is made for the memory. */
  | 'start-and-load'
  /** The process, if any, is ended; the disks go back, and the machine ends stopped. */
  | 'disks-only';

export function planRevert({ fitsProcess, isUp, usesMemory }: RevertSituation): RevertPlan {
  if (!usesMemory) return 'disks-only';
  return isUp && fitsProcess ? 'load-in-place' : 'start-and-load';
}
