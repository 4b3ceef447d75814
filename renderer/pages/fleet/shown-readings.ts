import { createContext, useContext, useMemo } from 'react';
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

const noSamples: readonly Sample[] = [];

/** The readings as they come; held, as they were, with their ages going on. */
export function useShownReadings(isHeld: boolean): ShownReadings {
  const { byMachine } = useReadings();
  const recent = useRecent();
  const intervalMs = useCollectionInterval();
  const shown = useHeld(byMachine, isHeld);
  const lines = useHeld(recent, isHeld);
  // Held on purpose, no reading has fallen silent.
  const ageMs = isHeld ? Number.POSITIVE_INFINITY : intervalMs;
  return useMemo(() => ({ byMachine: shown, recent: lines, intervalMs: ageMs }), [shown, lines, ageMs]);
}

/**
 * Handed down past the rows: a round of readings draws the cells that show them anew, and not the rows around them with
 * their menus.
 */
export const ShownReadingsContext = createContext<ShownReadings>({
  byMachine: new Map(),
  recent: new Map(),
  intervalMs: Number.POSITIVE_INFINITY,
});

/** What is shown of one machine's readings. */
export function useMachineReadings(id: string): {
  readonly samples: readonly Sample[];
  readonly recent: RecentSeries | undefined;
  readonly intervalMs: number;
} {
  const { byMachine, recent, intervalMs } = useContext(ShownReadingsContext);
  return { samples: byMachine.get(id) ?? noSamples, recent: recent.get(id), intervalMs };
}
