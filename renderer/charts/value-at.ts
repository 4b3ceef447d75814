import type { ChartRow, Stretch } from './chart-series.ts';
import type { Shade } from './shaded-gaps.ts';

/** What a chart says of a moment: the nearest reading, or the gap the moment lies in. */
export type Pointed =
  | { readonly kind: 'gap'; readonly at: number; readonly shade: Shade }
  | { readonly kind: 'value'; readonly at: number; readonly row: ChartRow };

/** Null where nothing is drawn. */
export function valueAt(rows: readonly ChartRow[], shades: readonly Shade[], at: number): Pointed | null {
  // The ends of a gap are readings.
  const shade = shades.find(({ from, to }) => at > from && at < to);
  const row = nearest(rows, at);
  if (shade !== undefined && (row === null || row.at <= shade.from || row.at >= shade.to || isEmpty(row))) {
    return { kind: 'gap', at, shade };
  }
  return row === null || isEmpty(row) ? null : { kind: 'value', at: row.at, row };
}

/** The moments that the arrow keys step through: every reading, and the middle of every gap. */
export function stopsOf(rows: readonly ChartRow[], shades: readonly Shade[]): readonly number[] {
  const known = rows.filter((row) => !isEmpty(row)).map(({ at }) => at);
  return [...known, ...shades.map(({ from, to }) => (from + to) / 2)].sort((a, b) => a - b);
}

/** Where in a range a moment lies, 0 to 1. */
export function shareOf(at: number, { from, to }: Stretch): number {
  return Math.min(1, Math.max(0, (at - from) / (to - from)));
}

function nearest(rows: readonly ChartRow[], at: number): ChartRow | null {
  let found: ChartRow | null = null;
  for (const row of rows) if (found === null || Math.abs(row.at - at) < Math.abs(found.at - at)) found = row;
  return found;
}

function isEmpty({ first, second }: ChartRow): boolean {
  return first === null && second === null;
}
