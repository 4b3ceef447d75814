import type { RecentSeries, Sample } from '../../main/contract/sample.ts';
import type { ById } from './engine-client.ts';
import { NewestSamples } from './newest-samples.ts';

/** The newest readings of the fleet. What a round did not touch stays the same object, so that its row is not drawn anew. */
export interface Readings {
  /** The newest sample of every source, by machine. */
  readonly byMachine: Pick<ById<readonly Sample[]>, 'get'>;
  /** When the last round was announced, milliseconds since 1970; null before the first. */
  readonly collectedAt: number | null;
  /** When its readings were taken: the next come one interval after. */
  readonly takenAt: number | null;
}

export const noReadings: Readings = { byMachine: new NewestSamples(), collectedAt: null, takenAt: null };

/**
 * What is known after these samples too; an older sample of a source does not take the place of a newer one. The same
 * object where they say nothing new.
 */
export function withSamples(known: Readings, samples: readonly Sample[], collectedAt: number | null): Readings {
  const before = known.byMachine instanceof NewestSamples ? known.byMachine : new NewestSamples();
  const byMachine = before.with(samples);
  const newest = byMachine === before || byMachine.newestAt === null ? null : Date.parse(byMachine.newestAt);
  const collected = later(known.collectedAt, collectedAt ?? newest);
  if (byMachine === known.byMachine && collected === known.collectedAt) return known;
  return { byMachine, collectedAt: collected, takenAt: later(known.takenAt, newest) };
}

/** The same series as is known, where nothing of it changed: its line is not drawn anew then. */
export function sameOrNew(known: RecentSeries | undefined, series: RecentSeries): RecentSeries {
  return known !== undefined && isSame(known, series) ? known : series;
}

function isSame(one: RecentSeries, other: RecentSeries): boolean {
  return areSame(one.cpuPercent, other.cpuPercent) && areSame(one.memoryPercent, other.memoryPercent);
}

function areSame(one: readonly (number | null)[], other: readonly (number | null)[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
