export interface ChartRange {
  readonly key: '1h' | '24h' | '7d';
  readonly label: string;
  /** For a sentence: `the last hour`. */
  readonly words: string;
  readonly ms: number;
}

const hour = 3_600_000;

const all: readonly ChartRange[] = [
  { key: '1h', label: '1 h', words: 'the last hour', ms: hour },
  { key: '24h', label: '24 h', words: 'the last 24 hours', ms: 24 * hour },
  { key: '7d', label: '7 d', words: 'the last 7 days', ms: 7 * 24 * hour },
];

/** The ranges that single readings can fill: nothing is offered that has been dropped already. */
export function chartRanges(rawDays: number): readonly ChartRange[] {
  return all.filter(({ ms }) => ms <= rawDays * 24 * hour);
}
