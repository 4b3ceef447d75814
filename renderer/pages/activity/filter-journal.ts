import type { JournalEntry } from '../../../main/contract/journal.ts';

/** Entries in which every word is found: in the machine, the sentence, the kind or the person. */
export function filterJournal(entries: readonly JournalEntry[], text: string): readonly JournalEntry[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return entries;
  return entries.filter(({ machine, summary, action, actor, details }) => {
    const all = [machine ?? '', summary, action, actor, String(details.user ?? '')].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
