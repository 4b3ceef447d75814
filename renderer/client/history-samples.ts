import type { RollUp, RollUpLevel } from '../../main/contract/roll-up.ts';
import {
  noValues,
  type ReadingGap,
  type Sample,
  type SampleMetric,
  type SampleSource,
  sampleMetrics,
} from '../../main/contract/sample.ts';

/** A value of a chart: one reading, or an hour or a day of readings with what they spread over. */
export interface HistorySample extends Sample {
  /** Lowest and highest reading; absent for single readings. */
  readonly spread?: Readonly<Partial<Record<SampleMetric, readonly [low: number, high: number]>>>;
  /** The hour or day is not over, or was read for a part of it only; absent where it is whole. */
  readonly isPartial?: true;
}

const bucketMs: Readonly<Record<RollUpLevel, number>> = { hourly: 3_600_000, daily: 86_400_000 };

/** Buckets as values that stand in their middle: the average, with the spread around it. */
export function rollUpSamples(rollUps: readonly RollUp[]): readonly HistorySample[] {
  return [...rollUps].sort((a, b) => (a.from < b.from ? -1 : 1)).map(sampleOf);
}

function sampleOf({ machine, machineId, source, level, from, to, readings, partial, metrics }: RollUp): HistorySample {
  const values: Record<SampleMetric, number | null> = { ...noValues };
  const spread: Partial<Record<SampleMetric, readonly [number, number]>> = {};
  for (const metric of sampleMetrics) {
    const found = metrics[metric];
    if (found === null) continue;
    values[metric] = found.average;
    spread[metric] = [found.min, found.max];
  }
  const success = readings > 0;
  return {
    ...values,
    machine,
    machineId,
    source,
    level,
    at: new Date((Date.parse(from) + Date.parse(to)) / 2).toISOString(),
    success,
    ...(success ? { spread } : { error: noneSucceeded }),
    ...(partial ? { isPartial: true as const } : {}),
  };
}

const noneSucceeded = 'No reading succeeded.';

/**
 * Where buckets are missing, or hold nothing but failures, each source on its own; and the longest bucket, which is what a
 * silence at the edges is measured by. Null without any bucket.
 */
export function rollUpGaps(rollUps: readonly RollUp[]): {
  readonly gaps: readonly ReadingGap[];
  readonly stepMs: number | null;
} {
  const bySource = new Map<SampleSource, RollUp[]>();
  for (const rollUp of rollUps) bySource.set(rollUp.source, [...(bySource.get(rollUp.source) ?? []), rollUp]);
  const gaps: ReadingGap[] = [];
  for (const [source, own] of bySource) {
    const read = own.filter(({ readings }) => readings > 0).sort((a, b) => (a.from < b.from ? -1 : 1));
    for (const [index, next] of read.entries()) {
      const before = read[index - 1];
      if (before === undefined || next.from <= before.to) continue;
      const between = own.some(({ from, readings }) => readings === 0 && from >= before.to && from < next.from);
      gaps.push({ source, from: before.to, to: next.from, reason: between ? noneSucceeded : null });
    }
  }
  const steps = rollUps.map(({ from, to, level }) => Math.max(bucketMs[level], Date.parse(to) - Date.parse(from)));
  return { gaps, stepMs: steps.length === 0 ? null : Math.max(...steps) };
}
