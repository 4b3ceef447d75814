import type { AlertRehearsal } from '../../main/contract/alert.ts';
import { type AlertRule, thresholdOf } from '../../main/contract/alert-rule.ts';
import type { SampleMetric } from '../../main/contract/sample.ts';
import type { HistorySample } from '../client/history-samples.ts';
import { axisTop } from './axis-ticks.ts';
import { boundedRows, type ChartRow, mostRows, type Stretch } from './chart-series.ts';

/** What the chart of a rehearsal is drawn from: plain and pure. */
export interface RehearsalFacts {
  readonly rows: readonly ChartRow[];
  readonly range: Stretch;
  readonly threshold: number;
  /** Null where it is over at the threshold itself. */
  readonly clear: number | null;
  /** When it would have fired, oldest first; open ones end with the range. */
  readonly firing: readonly (Stretch & { readonly number: number })[];
  readonly top: number;
  readonly unit: 'percent' | 'rate';
}

/** A line is broken where so many steps are missing. */
const brokenAfterSteps = 2.5;

export interface RehearsalStory {
  readonly rule: AlertRule;
  readonly metric: SampleMetric;
  /** Of one source, oldest first. */
  readonly samples: readonly HistorySample[];
  /** From one value to the next where nothing is missing; null where gaps are told otherwise. */
  readonly stepMs: number | null;
  readonly gaps: readonly Stretch[];
  readonly range: Stretch;
  /** Of this machine. */
  readonly alerts: AlertRehearsal['alerts'];
}

/** The worst value of each moment: the highest where the rule fires above its threshold, the lowest below it. */
export function rehearsalFacts(story: RehearsalStory): RehearsalFacts {
  const { rule, metric, samples, range, alerts, gaps } = story;
  const isAbove = rule.comparison.startsWith('>');
  const rows = samples.map((sample): ChartRow => {
    const spread = sample.spread?.[metric];
    const worst = spread === undefined ? sample[metric] : spread[isAbove ? 1 : 0];
    return { at: Date.parse(sample.at), first: worst, second: null };
  });
  // What made it fire may have been thinned out.
  const known = new Set(rows.map(({ at }) => at));
  const told = alerts.flatMap(({ firedAt, value }): readonly ChartRow[] => {
    const at = Date.parse(firedAt);
    return value === null || known.has(at) ? [] : [{ at, first: value, second: null }];
  });
  const read = [...rows, ...told].sort((a, b) => a.at - b.at);
  const breaks = [...gaps, ...silences(read, story.stepMs)].map(
    ({ from, to }): ChartRow => ({ at: (from + to) / 2, first: null, second: null }),
  );
  const all = boundedRows(
    [...read, ...breaks].sort((a, b) => a.at - b.at),
    mostRows,
  );
  const threshold = thresholdOf(rule);
  const isPercent = metric.endsWith('Percent');
  const most = all.reduce((highest, { first }) => Math.max(highest, first ?? 0), threshold);
  return {
    rows: all,
    range,
    threshold,
    clear: rule.clear ?? null,
    firing: alerts.map(({ firedAt, resolvedAt }, index) => ({
      from: Date.parse(firedAt),
      to: resolvedAt === null ? range.to : Date.parse(resolvedAt),
      number: index + 1,
    })),
    top: isPercent ? 100 : axisTop(most, 1e6),
    unit: isPercent ? 'percent' : 'rate',
  };
}

function silences(rows: readonly ChartRow[], stepMs: number | null): readonly Stretch[] {
  if (stepMs === null) return [];
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    return before !== undefined && row.at - before.at > stepMs * brokenAfterSteps
      ? [{ from: before.at, to: row.at }]
      : [];
  });
}
