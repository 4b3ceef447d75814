import type { AlertVariableName } from '../../contract/alert-variables.ts';
import type { JournalAction, JournalEntry } from '../../contract/journal.ts';
import { crashWindowMs, isUnexpectedEnd } from './alert-story.ts';
import { downAfter } from './down-after.ts';

/** From this moment on (wall-clock milliseconds) it was so; null: nobody could tell. */
export interface ConditionTurn {
  readonly at: number;
  readonly value: number | null;
}

/** Undefined: the entry says nothing about it. */
type ValueAfter = (entry: JournalEntry) => number | null | undefined;

/** A new run, or none: what was wrong inside is over. */
const runAnew: ReadonlySet<JournalAction> = new Set([
  'machine.started',
  'machine.restarted',
  'machine.stopped',
  'machine.suspended',
  'machine.deallocated',
  'machine.deleted',
  'machine.ended',
]);

const valuesAfter: Partial<Record<AlertVariableName, ValueAfter>> = {
  machine_down: downAfter,
  service_dead: (entry) => insideAfter(entry, 'deadServices', 'unit'),
  heartbeat_stale: (entry) => insideAfter(entry, 'heartbeatStale', 'heartbeat'),
  snapshot_failed: ({ action }) => {
    if (action === 'snapshot.failed') return 1;
    return action === 'snapshot.taken' ? 0 : undefined;
  },
};

/** What a check inside the machine is about, as a change of its health tells it. */
function insideAfter({ action, details }: JournalEntry, key: string, method: string): number | null | undefined {
  if (runAnew.has(action)) return 0;
  if (action !== 'health.changed') return undefined;
  const told = details[key];
  if (typeof told === 'number' || told === null) return told;
  if (details.status === 'healthy') return 0;
  return details.method === method ? 1 : undefined;
}

/**
 * What a machine's journal says of a condition over time, oldest first, from the first entry on; no two turns of one moment,
 * and none that changes nothing. Entries are oldest first. Pure.
 */
export function conditionHistory(name: AlertVariableName, entries: readonly JournalEntry[]): readonly ConditionTurn[] {
  const [first] = entries;
  if (first === undefined) return [];
  const turns: ConditionTurn[] = [{ at: Date.parse(first.at), value: 0 }];
  const turn = (at: number, value: number | null): void => {
    const last = turns.at(-1);
    if (last?.value === value) return;
    if (last?.at === at) turns.pop();
    turns.push({ at, value });
  };
  if (name === 'crash_loop') {
    for (const [at, value] of countedCrashes(entries)) turn(at, value);
    return turns;
  }
  const after = valuesAfter[name];
  for (const entry of entries) {
    const value = after?.(entry);
    if (value !== undefined) turn(Date.parse(entry.at), value);
  }
  return turns;
}

/** How many there were within the window, whenever that changes. */
function countedCrashes(entries: readonly JournalEntry[]): readonly (readonly [at: number, count: number])[] {
  const crashes = entries
    .filter(({ action, details }) => isUnexpectedEnd(action, details))
    .map(({ at }) => Date.parse(at));
  const moments = [...crashes, ...crashes.map((at) => at + crashWindowMs)].sort((a, b) => a - b);
  return moments.map((now) => [now, crashes.filter((at) => at <= now && now - at < crashWindowMs).length]);
}
