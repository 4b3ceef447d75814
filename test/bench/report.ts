import type { Goal } from './lane.ts';
import type { LaneResult } from './run-lane.ts';

/** `met` when the median ratio of this run reaches the goal: a report, not a test. */
export function isMet(goal: Goal, ratio: number): boolean {
  return 'atMost' in goal ? ratio <= goal.atMost : ratio >= goal.atLeast;
}

/** The table for people. */
export function reportText(results: readonly LaneResult[]): string {
  const areas = [...new Set(results.map(({ lane }) => lane.area))];
  return areas
    .map((area) =>
      areaText(
        area,
        results.filter(({ lane }) => lane.area === area),
      ),
    )
    .join('\n\n');
}

/** The same for programs. */
export function reportJson(results: readonly LaneResult[]): unknown {
  return results.map((result) => {
    const { id, area, title, reference, goal, unit } = result.lane;
    const lane = { id, area, title, reference, goal, unit };
    if (result.kind !== 'measured') return { ...lane, outcome: result.kind, reason: result.reason };
    const { comparison, notes } = result;
    return { ...lane, outcome: 'measured', met: isMet(goal, comparison.ratio), ...comparison, notes };
  });
}

const columns = ['', 'lane', 'ours', 'reference', 'ratio', 'min-max', '95 % of median', 'goal', 'rounds'] as const;

function areaText(area: string, results: readonly LaneResult[]): string {
  const rows = results.map(rowOf);
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const lines = [columns, ...rows].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [`== ${area}`, ...lines, ...results.flatMap(remarksOn)].join('\n');
}

function rowOf(result: LaneResult): readonly string[] {
  const { id, title, goal, unit } = result.lane;
  if (result.kind !== 'measured')
    return [id, title, result.kind === 'crashed' ? 'CRASHED' : 'NOT RUN', '', '', '', '', goalText(goal)];
  const { ours, reference, ratio, lowest, highest, interval, rounds } = result.comparison;
  return [
    id,
    title,
    `${figure(ours)} ${unit}`,
    `${figure(reference)} ${unit}`,
    `${ratio.toFixed(2)}x`,
    `${lowest.toFixed(2)}-${highest.toFixed(2)}`,
    interval === null ? '-' : `${interval.low.toFixed(2)}-${interval.high.toFixed(2)}`,
    `${goalText(goal)} ${isMet(goal, ratio) ? 'met' : 'NOT MET'}`,
    String(rounds),
  ];
}

function remarksOn(result: LaneResult): readonly string[] {
  const { id, title, reference, goal } = result.lane;
  const name = `${id} ${title}`;
  if (result.kind === 'crashed') return [`!! ${name} crashed: ${result.reason}`];
  if (result.kind === 'cannot-run') return [`!! ${name} did not run: ${result.reason}`];
  const { comparison, notes } = result;
  return [
    `   ${name}: against ${reference}.${missingText(goal, comparison)}`,
    ...notes.map((note) => `   ${id}: ${note}`),
  ];
}

function missingText(
  goal: Goal,
  { ours, reference, ratio }: { ours: number; reference: number; ratio: number },
): string {
  if (isMet(goal, ratio)) return '';
  const wanted = 'atMost' in goal ? goal.atMost : goal.atLeast;
  return ` Missing to the goal: ${figure(Math.abs(ours - wanted * reference))} of ${figure(ours)}.`;
}

function goalText(goal: Goal): string {
  return 'atMost' in goal ? `<= ${goal.atMost}x` : `>= ${goal.atLeast}x`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
