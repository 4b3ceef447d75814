import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { RecentSeries, Sample } from '../../../main/contract/sample.ts';
import type { ById } from '../../client/engine-client.ts';
import { useCollectionInterval, useReadings, useRecent } from '../../client/use-engine.ts';
import { useHeld } from '../../components/use-held.ts';

interface ShownSamples {
  readonly byMachine: ById<readonly Sample[]>;
  /** What the age of a reading is judged by. */
  readonly intervalMs: number;
}

const SamplesContext = createContext<ShownSamples>({ byMachine: new Map(), intervalMs: Number.POSITIVE_INFINITY });
const RecentContext = createContext<ById<RecentSeries>>(new Map());

interface ShownReadingsProps {
  /** They stand as they were, with their ages going on. */
  readonly isHeld: boolean;
  readonly children: ReactNode;
}

/**
 * Hands the readings down past the page, the rows and their menus: a round of readings draws the cells that show them
 * anew, the small lines that follow it draw themselves, and nothing else moves.
 */
export function ShownReadings({ isHeld, children }: ShownReadingsProps) {
  const { byMachine } = useReadings();
  const shown = useHeld(byMachine, isHeld);
  const recent = useHeld(useRecent(), isHeld);
  const ownMs = useCollectionInterval();
  // Held on purpose, no reading has fallen silent.
  const intervalMs = isHeld ? Number.POSITIVE_INFINITY : ownMs;
  const samples = useMemo(() => ({ byMachine: shown, intervalMs }), [shown, intervalMs]);
  return (
    <SamplesContext value={samples}>
      <RecentContext value={recent}>{children}</RecentContext>
    </SamplesContext>
  );
}

const noSamples: readonly Sample[] = [];

/** The newest samples that are shown of one machine. */
export function useShownSamples(id: string): { readonly samples: readonly Sample[]; readonly intervalMs: number } {
  const { byMachine, intervalMs } = useContext(SamplesContext);
  return { samples: byMachine.get(id) ?? noSamples, intervalMs };
}

/** The last values that are shown of one machine. */
export function useShownSeries(id: string): RecentSeries | undefined {
  return useContext(RecentContext).get(id);
}
