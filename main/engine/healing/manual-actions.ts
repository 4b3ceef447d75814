import type { JournalAction, JournalEntry } from '../../contract/journal.ts';

/** What a person does to a machine that healing keeps out of the way of. What is only written about it does not count. */
const manual: ReadonlySet<JournalAction> = new Set<JournalAction>([
  'machine.started',
  'machine.start-failed',
  'machine.stopped',
  'machine.stop-failed',
  'machine.restarted',
  'machine.paused',
  'machine.resumed',
  'machine.suspended',
  'machine.deallocated',
  'machine.redeployed',
  'machine.resized',
  'machine.undeleted',
  'snapshot.taken',
  'snapshot.reverted',
  'snapshot.deleted',
  'disk.added',
  'disk.grown',
  'disk.checked',
  'disk.compacted',
  'operation.cancelled',
  'console.typed',
]);

/** What Vigil does by itself says so before it is done. */
const begun: ReadonlySet<JournalAction> = new Set<JournalAction>([
  'healing.intended',
  'healing.done',
  'healing.failed',
  'healing.interrupted',
  'schedule.due',
]);

export function isManualAction(entry: JournalEntry): entry is JournalEntry & { readonly machineId: string } {
  return entry.actor === 'user' && entry.machineId !== undefined && manual.has(entry.action);
}

/** Something that Vigil did to a machine, or began to do, by whomever asked. */
export function isOwnAct({ actor, action }: JournalEntry): boolean {
  return (actor === 'user' || actor === 'engine') && (manual.has(action) || begun.has(action));
}

/** The moment of the last one for each machine, wall-clock milliseconds. */
export function lastManualActions(entries: readonly JournalEntry[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const entry of entries) {
    if (!isManualAction(entry)) continue;
    last.set(entry.machineId, Math.max(last.get(entry.machineId) ?? 0, Date.parse(entry.at)));
  }
  return last;
}
