import type { RecentSeries, Sample } from '../../../main/contract/sample.ts';
import type { ById } from '../../client/engine-client.ts';
import { useCollectionInterval, useReadings, useRecent } from '../../client/use-engine.ts';
import { useHeld } from '../../components/use-held.ts';

/** What the fleet shows of its machines' readings. */
export interface ShownReadings {
  readonly byMachine: ById<readonly Sample[]>;
  readonly recent: ById<RecentSeries>;
  /** What the age of a reading is judged by. */
  readonly intervalMs: number;
}

export const noSamples: readonly Sample[] = [];

/** The readings as they come; held, as they were, with their ages going on. */
export function useShownReadings(isHeld: boolean): ShownReadings {
  const { byMachine } = useReadings();
  const recent = useRecent();
  const intervalMs = useCollectionInterval();
  return {
    byMachine: useHeld(byMachine, isHeld),
    recent: useHeld(recent, isHeld),
    // Held on purpose, no reading has fallen silent.
    intervalMs: isHeld ? Number.POSITIVE_INFINITY : intervalMs,
  };
}
