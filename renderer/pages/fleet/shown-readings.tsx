import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { RecentSeries, Sample } from '../../../main/contract/sample.ts';
import { useClient } from '../../client/client-context.tsx';
import { whileInSight } from '../../client/page-sight.ts';
import type { Readings } from '../../client/readings.ts';
import type { RecentLines } from '../../client/recent-lines.ts';
import { useCollectionInterval } from '../../client/use-engine.ts';

/** The newest samples, as far as they are shown. */
export interface ShownSamples {
  /** The same object while nothing of it changed. */
  samplesOf(machineId: string): readonly Sample[];
  /** What the age of a reading is judged by. */
  readonly intervalMs: number;
  /** Tells of every round. The result undoes it. */
  subscribe(listener: () => void): () => void;
}

const noSamples: readonly Sample[] = [];
const SamplesContext = createContext<ShownSamples>({
  samplesOf: () => noSamples,
  intervalMs: Number.POSITIVE_INFINITY,
  subscribe: () => () => {},
});
/** The last values of machines, as far as they are shown. */
export type ShownLines = Pick<RecentLines, 'get' | 'subscribe'>;

const LinesContext = createContext<ShownLines>({ get: () => undefined, subscribe: () => () => {} });

interface ShownReadingsProps {
  /** They stand as they were, with their ages going on. */
  readonly isHeld: boolean;
  readonly children: ReactNode;
}

/**
 * Hands the readings down past the page, the rows and their menus: a round of readings is written into the cells that show
 * it, the small lines draw themselves, and nothing else moves.
 */
export function ShownReadings({ isHeld, children }: ShownReadingsProps) {
  const { readings, recent } = useClient();
  const ownMs = useCollectionInterval();
  const samples = useMemo((): ShownSamples => {
    const samplesIn = (known: Readings | null) => (machineId: string) => known?.byMachine.get(machineId) ?? noSamples;
    return isHeld
      ? // Held on purpose, no reading has fallen silent.
        {
          samplesOf: samplesIn(readings.get().value),
          intervalMs: Number.POSITIVE_INFINITY,
          subscribe: () => () => {},
        }
      : {
          samplesOf: (machineId) => samplesIn(readings.get().value)(machineId),
          intervalMs: ownMs,
          subscribe: whileInSight(readings.subscribe),
        };
  }, [readings, isHeld, ownMs]);
  const lines = useMemo(() => (isHeld ? heldLines(recent) : recent), [recent, isHeld]);
  return (
    <SamplesContext value={samples}>
      <LinesContext value={lines}>{children}</LinesContext>
    </SamplesContext>
  );
}

export function useShownSamples(): ShownSamples {
  return useContext(SamplesContext);
}

export function useShownLines(): ShownLines {
  return useContext(LinesContext);
}

/** As they were when they were first looked at. */
function heldLines(lines: ShownLines): ShownLines {
  const kept = new Map<string, RecentSeries>();
  const get = (machineId: string): RecentSeries | undefined => {
    const held = kept.get(machineId) ?? lines.get(machineId);
    if (held !== undefined) kept.set(machineId, held);
    return held;
  };
  return {
    get,
    subscribe: (machineId, listener) =>
      lines.subscribe(machineId, () => {
        if (!kept.has(machineId)) listener();
      }),
  };
}
