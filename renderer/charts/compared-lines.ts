import type { SampleMetric } from '../../main/contract/sample.ts';
import type { Stretch } from './chart-series.ts';

/** One machine among those that are laid over one another. */
export interface ComparedLine {
  readonly machineId: string;
  readonly name: string;
  readonly metric: SampleMetric;
  /** Oldest first; null where nothing is known. */
  readonly points: readonly { readonly at: number; readonly value: number | null; readonly high: number | null }[];
  /** From one point to the next where nothing is missing, in milliseconds; null where every gap has a point of its own. */
  readonly stepMs: number | null;
}

/** A row for recharts: the moment, and under each unbroken part's key its value there. */
export type ComparedRow = { readonly at: number } & Readonly<Record<string, number>>;

export interface ComparedPart {
  readonly key: string;
  /** Which of the lines it is a part of. */
  readonly line: number;
  /** A part of one point needs a dot to be seen. */
  readonly isLone: boolean;
}

/** A silence as long as so many steps breaks a line. */
const stepsOfGap = 2.5;

/**
 * The lines as rows of one chart. The machines are not read at the same moments: every unbroken part of a line has a key
 * of its own, so that its points can be joined over the moments of the others, and nothing is joined over a gap.
 */
export function comparedRows(lines: readonly ComparedLine[]): {
  readonly rows: readonly ComparedRow[];
  readonly parts: readonly ComparedPart[];
} {
  const rows = new Map<number, Record<string, number>>();
  const parts: { key: string; line: number; isLone: boolean }[] = [];
  for (const [line, { points, stepMs }] of lines.entries()) {
    const longest = stepMs === null ? Number.POSITIVE_INFINITY : stepsOfGap * stepMs;
    let open: { key: string; line: number; isLone: boolean } | null = null;
    let before = Number.NEGATIVE_INFINITY;
    for (const { at, value } of points) {
      if (value === null) {
        open = null;
        continue;
      }
      if (open === null || at - before > longest) {
        open = { key: `${line} ${parts.length}`, line, isLone: true };
        parts.push(open);
      } else open.isLone = false;
      before = at;
      const row = rows.get(at) ?? {};
      row[open.key] = value;
      rows.set(at, row);
    }
  }
  const ordered = [...rows].sort(([a], [b]) => a - b).map(([at, values]): ComparedRow => ({ ...values, at }));
  return { rows: ordered, parts };
}

/** What is said of a line beside its name; null where nothing was read. */
export interface ComparedWords {
  readonly latest: number;
  readonly average: number;
  readonly highest: number;
}

export function comparedWords({ points }: ComparedLine): ComparedWords | null {
  const known = points.flatMap(({ value, high }) => (value === null ? [] : [{ value, high: high ?? value }]));
  const last = known.at(-1);
  if (last === undefined) return null;
  return {
    latest: last.value,
    average: known.reduce((sum, { value }) => sum + value, 0) / known.length,
    highest: known.reduce((most, { high }) => Math.max(most, high), 0),
  };
}

/** The highest value of all lines within a range. */
export function highestOf(lines: readonly ComparedLine[], { from, to }: Stretch): number {
  return lines
    .flatMap(({ points }) => points)
    .reduce((most, { at, value }) => (at < from || at > to ? most : Math.max(most, value ?? 0)), 0);
}
