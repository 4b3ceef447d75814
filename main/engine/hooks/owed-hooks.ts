import type { JournalEntry } from '../../contract/journal.ts';

/** A deletion of an earlier life whose script nobody is known to have told. */
export interface OwedHook {
  readonly entry: JournalEntry;
  /** Whether its script was begun. */
  readonly isBegun: boolean;
}

/**
 * Whom a deletion still has to tell: pure, from the journal alone. A machine that is gone is told of nowhere else, so its
 * entry names the script, and whatever became of the script names the entry. Any order; the answer is the oldest first.
 */
export function owedHooks(journal: readonly JournalEntry[]): readonly OwedHook[] {
  const begun = new Set<number>();
  const settled = new Set<number>();
  for (const { action, cause } of journal) {
    if (cause === undefined) continue;
    if (action === 'hook.begun') begun.add(cause);
    else if (action === 'hook.ran' || action === 'hook.failed' || action === 'hook.refused') settled.add(cause);
  }
  return journal
    .filter(({ action, details, id }) => {
      return action === 'machine.deleted' && typeof details.hook === 'string' && !settled.has(id);
    })
    .map((entry) => ({ entry, isBegun: begun.has(entry.id) }))
    .sort((one, other) => one.entry.id - other.entry.id);
}
