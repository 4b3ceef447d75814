import type { SampleMetric } from '../../main/contract/sample.ts';
import type { HistorySample } from '../client/history-samples.ts';

/** One moment of a chart with one or two values. Null where nothing is known. */
export interface ChartRow {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly first: number | null;
  readonly second: number | null;
  /** Lowest and highest reading of what `first` is the average of, where it stands for more than one. */
  readonly spread?: readonly [low: number, high: number];
  /** It speaks of a part of its hour or day only. */
  readonly isPartial?: true;
}

/** A stretch of time, milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** No chart is drawn from more: more than this cannot be told apart and costs time at every drawing. */
export const mostRows = 300;

/**
 * The samples of one source (oldest first) as rows of a chart. A row without values stands in each gap, so that no line
 * is drawn over it; a value that is not known stays unknown.
 */
export function chartRows(
  samples: readonly HistorySample[],
  metrics: readonly [SampleMetric] | readonly [SampleMetric, SampleMetric],
  gaps: readonly Stretch[],
): readonly ChartRow[] {
  const [one, other] = metrics;
  const rows = samples.map((sample): ChartRow => {
    // A band for each of two lines could not be told apart.
    const spread = other === undefined ? sample.spread?.[one] : undefined;
    return {
      at: Date.parse(sample.at),
      first: sample[one],
      second: other === undefined ? null : sample[other],
      ...(spread === undefined ? {} : { spread }),
      ...(sample.isPartial === undefined ? {} : { isPartial: true as const }),
    };
  });
  const breaks = gaps
    .filter(
      ({ from, to }) =>
        !rows.some(({ at, first, second }) => at > from && at < to && first === null && second === null),
    )
    .map(({ from, to }): ChartRow => ({ at: (from + to) / 2, first: null, second: null }));
  return boundedRows(
    [...rows, ...breaks].sort((a, b) => a.at - b.at),
    mostRows,
  );
}

/**
 * At most `most` rows: of each equal part of those with values the ones with the lowest and the highest. Where rows
 * without values lay between two that stay, one of them stays too: what was broken is never joined.
 */
export function boundedRows(rows: readonly ChartRow[], most: number): readonly ChartRow[] {
  if (rows.length <= most) return rows;
  const filled = rows.filter((row) => !isEmpty(row));
  const breaks = rows.filter((row, index) => isEmpty(row) && !isEmpty(rows[index - 1] ?? row)).length;
  const room = Math.max(most - breaks, Math.floor(most / 2));
  const parts = Math.max(1, Math.floor((room - 2) / 4));
  const kept = new Set<ChartRow>([filled[0], filled.at(-1)].filter((row) => row !== undefined));
  for (let part = 0; part < parts; part += 1) {
    const own = filled.slice(
      Math.floor((part * filled.length) / parts),
      Math.floor(((part + 1) * filled.length) / parts),
    );
    for (const side of ['first', 'second'] as const) {
      for (const row of extremesOf(own, side)) kept.add(row);
    }
  }
  const result: ChartRow[] = [];
  let gap: ChartRow | null = null;
  for (const row of rows) {
    if (isEmpty(row)) gap = row;
    if (!kept.has(row)) continue;
    if (gap !== null && result.length > 0) result.push(gap);
    result.push(row);
    gap = null;
  }
  return result;
}

function isEmpty({ first, second }: ChartRow): boolean {
  return first === null && second === null;
}

function extremesOf(all: readonly ChartRow[], side: 'first' | 'second'): readonly ChartRow[] {
  const rows = all.filter((row) => row[side] !== null);
  const [start] = rows;
  if (start === undefined) return [];
  const value = (row: ChartRow) => row[side] ?? 0;
  return [
    rows.reduce((low, row) => (value(row) < value(low) ? row : low), start),
    rows.reduce((high, row) => (value(row) > value(high) ? row : high), start),
  ];
}

/** Values that have none on either side: without a dot nobody would see them. */
export function lonePoints(rows: readonly ChartRow[], side: 'first' | 'second'): ReadonlySet<number> {
  const lone = rows.filter(
    (row, index) =>
      row[side] !== null && (rows[index - 1]?.[side] ?? null) === null && (rows[index + 1]?.[side] ?? null) === null,
  );
  return new Set(lone.map(({ at }) => at));
}

/** Whether anything at all is known. */
export function hasValues(rows: readonly ChartRow[]): boolean {
  return rows.some(({ first, second }) => first !== null || second !== null);
}
