import type { JournalAction, JournalEntry } from '../../main/contract/journal.ts';
import type { ReadingGap, Sample } from '../../main/contract/sample.ts';
import type { Stretch } from './chart-series.ts';

/** A part of a chart in which nothing is known, and why. */
export interface Shade extends Stretch {
  readonly reason: string;
}

export interface ShadeFacts {
  /** Of one source, oldest first. */
  readonly gaps: readonly ReadingGap[];
  readonly samples: readonly Sample[];
  readonly range: Stretch;
  /** The machine did not exist before. */
  readonly createdAt: number;
  readonly intervalMs: number;
  /** The journal of the machine, in any order. */
  readonly entries: readonly JournalEntry[];
}

/** A silence as long as this many intervals is a gap, also at the edges of the range. */
const intervalsOfGap = 2.5;

/** The gaps between readings and those up to the first and from the last one. Where there is no reading at all: one gap. */
export function shadedGaps({ gaps, samples, range, createdAt, intervalMs, entries }: ShadeFacts): readonly Shade[] {
  const between = gaps.map(({ from, to, reason }) => ({ from: Date.parse(from), to: Date.parse(to), reason }));
  const first = samples[0] === undefined ? range.to : Date.parse(samples[0].at);
  const last = samples.at(-1);
  const lastAt = last === undefined ? range.to : Date.parse(last.at);
  const begin = Math.max(range.from, createdAt);
  const edges: { from: number; to: number; reason: string | null }[] = [];
  if (first - begin > intervalMs * intervalsOfGap) edges.push({ from: begin, to: first, reason: null });
  const isFailing = last !== undefined && !last.success;
  if (isFailing || range.to - lastAt > intervalMs * intervalsOfGap) {
    edges.push({ from: lastAt, to: range.to, reason: last?.error ?? null });
  }
  return joined([...between, ...edges])
    .map(({ from, to, reason }) => ({ from: Math.max(from, range.from), to: Math.min(to, range.to), reason }))
    .filter(({ from, to }) => to > from)
    .map(({ from, to, reason }) => ({ from, to, reason: reason ?? whySilent(from, to, entries, intervalMs) }));
}

/** What touches is one gap. */
function joined(gaps: readonly { from: number; to: number; reason: string | null }[]) {
  const result: { from: number; to: number; reason: string | null }[] = [];
  for (const gap of [...gaps].sort((a, b) => a.from - b.from)) {
    const before = result.at(-1);
    if (before !== undefined && gap.from <= before.to) {
      before.to = Math.max(before.to, gap.to);
      before.reason ??= gap.reason;
    } else result.push({ ...gap });
  }
  return result;
}

const endings: readonly JournalAction[] = ['machine.stopped', 'machine.ended', 'machine.suspended', 'machine.panicked'];
const beginnings: readonly JournalAction[] = ['machine.started', 'machine.restarted', 'machine.adopted'];

/** Why no reading was taken, as far as the journal tells. */
function whySilent(from: number, to: number, entries: readonly JournalEntry[], slackMs: number): string {
  const told = entries
    .map((entry) => ({ entry, at: Date.parse(entry.at) }))
    .filter(({ at }) => at <= to)
    .sort((a, b) => a.at - b.at);
  const inside = told.filter(({ at }) => at >= from - slackMs).map(({ entry }) => entry);
  if (inside.some(({ action }) => endings.includes(action))) return 'It did not run.';
  if (inside.some(({ action, details }) => action === 'health.changed' && details.status === 'unhealthy')) {
    return 'SSH did not answer.';
  }
  if (inside.some(({ action }) => action === 'machine.adopted')) return 'Vigil was not running.';
  const before = told
    .filter(({ at, entry }) => at <= from && (endings.includes(entry.action) || beginnings.includes(entry.action)))
    .at(-1);
  return before !== undefined && endings.includes(before.entry.action) ? 'It did not run.' : 'No reading was taken.';
}
