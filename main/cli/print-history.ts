import type { JournalEntry } from '../contract/journal.ts';
import { textTable } from './text-table.ts';

/** `vigil history`, newest first as the engine tells it. */
export function printHistory(entries: readonly JournalEntry[], hasColour: boolean): string {
  const rows = entries.map(({ id, at, machine, actor, action, summary }) => [
    { text: String(id) },
    { text: at },
    { text: machine ?? '-' },
    { text: actor },
    { text: action },
    { text: summary },
  ]);
  return textTable(['ID', 'TIME', 'VM NAME', 'ACTOR', 'ACTION', 'DETAILS'], rows, hasColour);
}
