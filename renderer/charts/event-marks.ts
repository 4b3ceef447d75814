import type { JournalAction, JournalEntry } from '../../main/contract/journal.ts';
import { isBad } from '../components/timeline-look.ts';
import { sentence } from '../format/sentence.ts';
import type { Stretch } from './chart-series.ts';

/** Events that stand so near to one another that one mark has to do; the worst of them gives it its shape. */
export interface EventMark {
  readonly at: number;
  readonly entry: JournalEntry;
  readonly isBad: boolean;
  /** `Ended by itself`; of several events `3 events, the last: Started`. */
  readonly words: string;
}

const shown: ReadonlySet<JournalAction> = new Set<JournalAction>([
  'machine.started',
  'machine.stopped',
  'machine.restarted',
  'machine.ended',
  'machine.panicked',
  'machine.paused',
  'machine.resumed',
  'machine.suspended',
  'machine.start-failed',
  'machine.stop-failed',
  'health.changed',
]);

/** So many marks fit side by side. */
const places = 24;

/** What happened to a machine within a range, oldest first, as marks that do not cover one another. */
export function eventMarks(entries: readonly JournalEntry[], { from, to }: Stretch): readonly EventMark[] {
  const told = entries
    .filter(({ action }) => shown.has(action))
    .map((entry) => ({ entry, at: Date.parse(entry.at) }))
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => a.at - b.at);
  const groups: { entry: JournalEntry; at: number }[][] = [];
  for (const each of told) {
    const last = groups.at(-1);
    const [start] = last ?? [];
    if (last !== undefined && start !== undefined && each.at - start.at < (to - from) / places) last.push(each);
    else groups.push([each]);
  }
  return groups.map(markOf);
}

function markOf(group: readonly { readonly entry: JournalEntry; readonly at: number }[]): EventMark {
  const bad = group.findLast(({ entry }) => isBad(entry));
  const chosen = bad ?? group.at(-1);
  if (chosen === undefined) throw new Error('A mark stands for at least one event.');
  const words = sentence(chosen.entry.summary, chosen.entry.machine ?? null).lead;
  return {
    at: chosen.at,
    entry: chosen.entry,
    isBad: bad !== undefined,
    words: group.length === 1 ? words : `${group.length} events, among them: ${words}`,
  };
}
