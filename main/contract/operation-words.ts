import type { OperationKind } from './operation.ts';

/** How each kind of operation is spoken of, once for every face. */
export interface OperationWords {
  /** `Vigil could not stop it`; also `failed to stop`. */
  readonly verb: string;
  /** `Stopping`. */
  readonly doing: string;
  /** `Machine 'demo' stopped`. */
  readonly done: string;
  /** `The stop of demo`. */
  readonly noun: string;
}

const words = (verb: string, doing: string, done: string, noun: string): OperationWords => ({
  verb,
  doing,
  done,
  noun,
});

export const operationWords: Readonly<Record<OperationKind, OperationWords>> = {
  create: words('create', 'Creating', 'created successfully', 'creation'),
  start: words('start', 'Starting', 'started', 'start'),
  stop: words('stop', 'Stopping', 'stopped', 'stop'),
  restart: words('restart', 'Restarting', 'restarted', 'restart'),
  delete: words('delete', 'Deleting', 'deleted', 'deletion'),
  pause: words('pause', 'Pausing', 'paused', 'pause'),
  resume: words('resume', 'Resuming', 'resumed', 'resumption'),
  suspend: words('suspend', 'Suspending', 'suspended to disk', 'suspension'),
  edit: words('edit', 'Changing', 'changed', 'change'),
  rename: words('rename', 'Renaming', 'renamed', 'renaming'),
  clone: words('clone', 'Cloning', 'cloned', 'cloning'),
  undelete: words('undelete', 'Bringing back', 'is back', 'return'),
  snapshot: words('take a snapshot', 'Taking a snapshot', 'snapshot taken', 'snapshot'),
  revert: words('revert', 'Reverting', 'reverted', 'reversion'),
  'snapshot-delete': words('delete a snapshot', 'Deleting a snapshot', 'snapshot deleted', 'deletion of a snapshot'),
  'disk-add': words('get a disk', 'Adding a disk', 'has a new disk', 'addition of a disk'),
  'disk-grow': words('grow its disk', 'Growing the disk', 'disk grown', 'growth of the disk'),
  'disk-check': words('have its disk checked', 'Checking the disk', 'disk checked', 'check of the disk'),
  'disk-compact': words('have its disk compacted', 'Compacting the disk', 'disk compacted', 'compaction of the disk'),
  deallocate: words('deallocate', 'Deallocating', 'deallocated', 'deallocation'),
  redeploy: words('move to another host', 'Moving to another host', 'moved to another host', 'move to another host'),
  resize: words('get another size', 'Changing the size', 'has another size', 'change of the size'),
  'run-command': words('run a script', 'Running a script', 'ran the script', 'run of a script'),
};
