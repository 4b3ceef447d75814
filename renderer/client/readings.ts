import type { RecentSeries, Sample } from '../../main/contract/sample.ts';
import type { ById } from './engine-client.ts';

/** The newest readings of the fleet. What a round did not touch stays the same object, so that its row is not drawn anew. */
export interface Readings {
  /** The newest sample of every source, by machine. */
  readonly byMachine: ById<readonly Sample[]>;
  /** When the last round was announced, milliseconds since 1970; null before the first. */
  readonly collectedAt: number | null;
  /** When its readings were taken: the next come one interval after. */
  readonly takenAt: number | null;
}

export const noReadings: Readings = { byMachine: new Map(), collectedAt: null, takenAt: null };

/** What is known after these samples too; an older sample of a source does not take the place of a newer one. */
export function withSamples(known: Readings, samples: readonly Sample[], collectedAt: number | null): Readings {
  const byMachine = new Map(known.byMachine);
  for (const sample of samples) {
    const before = byMachine.get(sample.machineId) ?? [];
    const same = before.find(({ source }) => source === sample.source);
    if (same !== undefined && same.at > sample.at) continue;
    byMachine.set(sample.machineId, [...before.filter((each) => each !== same), sample]);
  }
  const newest = samples.reduce<number | null>((latest, { at }) => later(latest, Date.parse(at)), null);
  return {
    byMachine,
    collectedAt: later(known.collectedAt, collectedAt ?? newest),
    takenAt: later(known.takenAt, newest),
  };
}

/** The series by machine; one that did not change stays the object it was. */
export function recentById(list: readonly RecentSeries[], known: ById<RecentSeries> | null): ById<RecentSeries> {
  return new Map(
    list.map((series) => {
      const before = known?.get(series.machineId);
      return [series.machineId, before !== undefined && isSame(before, series) ? before : series];
    }),
  );
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
