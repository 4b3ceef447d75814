import type { Settings } from '../../main/contract/settings.ts';
import type { HistoryLevel } from '../client/use-history.ts';
import type { Stretch } from './chart-series.ts';

export interface ChartRange {
  readonly key: '1h' | '24h' | '7d' | '30d' | '90d';
  readonly label: string;
  /** For a sentence: `the last hour`. */
  readonly words: string;
  readonly ms: number;
  /** The finest values that are kept for so long. */
  readonly level: HistoryLevel;
}

export type Retention = Settings['retention'];

const hour = 3_600_000;
const day = 24 * hour;

const all: readonly Omit<ChartRange, 'level'>[] = [
  { key: '1h', label: '1 h', words: 'the last hour', ms: hour },
  { key: '24h', label: '24 h', words: 'the last 24 hours', ms: day },
  { key: '7d', label: '7 d', words: 'the last 7 days', ms: 7 * day },
  { key: '30d', label: '30 d', words: 'the last 30 days', ms: 30 * day },
  { key: '90d', label: '90 d', words: 'the last 90 days', ms: 90 * day },
];

/** The ranges that can be filled: nothing is offered that has been dropped already. */
export function chartRanges(retention: Retention): readonly ChartRange[] {
  return all.flatMap((range) => {
    const level = levelFor(range.ms, retention);
    return level === null ? [] : [{ ...range, level }];
  });
}

/** The finest values that are still there from so long ago on; null where nothing is. */
export function levelFor(ageMs: number, { raw_days, hourly_days, daily_days }: Retention): HistoryLevel | null {
  if (ageMs <= raw_days * day) return 'raw';
  if (ageMs <= hourly_days * day) return 'hourly';
  return ageMs <= daily_days * day ? 'daily' : null;
}

/** Less than this has too few readings to be looked at. */
const shortestMs = 5 * 60_000;

/** A part of a range as a person drew it, either way; null where it is too short to be meant. */
export function drawnStretch(one: number, other: number, { from, to }: Stretch): Stretch | null {
  const begin = Math.max(from, Math.min(one, other));
  const end = Math.min(to, Math.max(one, other));
  // A hand that shakes while it presses draws a few pixels.
  if (end - begin < (to - from) / 100) return null;
  if (end - begin >= shortestMs) return { from: begin, to: end };
  const middle = (begin + end) / 2;
  return { from: middle - shortestMs / 2, to: middle + shortestMs / 2 };
}

/** Half of a range, or twice it, around a moment; never beyond `latest`. */
export function scaledStretch({ from, to }: Stretch, around: number, factor: number, latest: number): Stretch {
  const length = Math.max(shortestMs, (to - from) * factor);
  const share = (around - from) / (to - from);
  const end = Math.min(latest, around + (1 - share) * length);
  return { from: end - length, to: end };
}
