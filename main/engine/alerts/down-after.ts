import type { JournalAction, JournalEntry } from '../../contract/journal.ts';

const bySort: Partial<Record<JournalAction, number | null>> = {
  'machine.panicked': 1,
  'machine.quarantined': null,
  'machine.vanished': null,
  'machine.created': 0,
  'machine.started': 0,
  'machine.restarted': 0,
  'machine.resumed': 0,
  'machine.adopted': 0,
  'machine.stopped': 0,
  'machine.suspended': 0,
  'machine.paused': 0,
  'machine.deallocated': 0,
  'machine.deleted': 0,
};

/** Whether a machine is down once this has happened to it: 1, 0, null where nobody can tell. Undefined: it says nothing of that. */
export function downAfter({ action, actor, details }: JournalEntry): number | null | undefined {
  if (action === 'machine.ended') return details.unexpected === true ? 1 : 0;
  // What a person could not start is no longer meant to run.
  if (action === 'machine.start-failed') return actor === 'engine' ? 1 : 0;
  if (action !== 'health.changed') return bySort[action];
  if (details.status === 'unknown') return null;
  if (details.status !== 'unhealthy') return 0;
  // Entries of earlier versions do not say why.
  const cause = details.cause ?? (details.method === 'unit' ? 'unit-failed' : 'unreachable');
  return cause === 'unreachable' ? 1 : 0;
}
