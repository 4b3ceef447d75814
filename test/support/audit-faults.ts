import type { JournalAction, JournalEntry } from '../../main/contract/journal.ts';

const outcomes: ReadonlySet<JournalAction> = new Set<JournalAction>([
  'healing.done',
  'healing.failed',
  'healing.interrupted',
]);
/** What happens to a machine only because somebody did it. */
const acts: ReadonlySet<JournalAction> = new Set<JournalAction>([
  'machine.started',
  'machine.restarted',
  'machine.stopped',
  'snapshot.reverted',
]);

/**
 * B32: what a journal does not account for. Every intent has one outcome, every outcome its intent, and nothing was done by
 * Vigil itself without an intent before it.
 */
export function auditFaults(journal: readonly JournalEntry[]): readonly string[] {
  const faults: string[] = [];
  const intents = new Map(
    journal.filter(({ action }) => action === 'healing.intended').map((entry) => [entry.id, entry]),
  );
  const ended = new Map<number, number>();
  for (const entry of journal) {
    if (outcomes.has(entry.action)) {
      const cause = entry.cause ?? 0;
      if (!intents.has(cause)) faults.push(`${entry.id}: an outcome without an intent`);
      ended.set(cause, (ended.get(cause) ?? 0) + 1);
    }
    if (
      acts.has(entry.action) &&
      entry.actor === 'engine' &&
      (entry.cause === undefined || !intents.has(entry.cause))
    ) {
      faults.push(`${entry.id}: ${entry.action} by Vigil without an intent`);
    }
  }
  for (const id of intents.keys()) {
    const count = ended.get(id) ?? 0;
    if (count !== 1) faults.push(`${id}: an intent with ${count} outcomes`);
  }
  return faults;
}
