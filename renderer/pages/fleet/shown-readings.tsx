import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { RecentSeries, Sample } from '../../../main/contract/sample.ts';
import { useClient } from '../../client/client-context.tsx';
import { noReadings, type Readings } from '../../client/readings.ts';
import type { RecentLines } from '../../client/recent-lines.ts';
import { useCollectionInterval, useReadings } from '../../client/use-engine.ts';
import { useHeld } from '../../components/use-held.ts';

interface ShownSamples {
  readonly byMachine: Readings['byMachine'];
  /** What the age of a reading is judged by. */
  readonly intervalMs: number;
}

const SamplesContext = createContext<ShownSamples>({
  byMachine: noReadings.byMachine,
  intervalMs: Number.POSITIVE_INFINITY,
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
 * Hands the readings down past the page, the rows and their menus: a round of readings draws the cells that show them
 * anew, the small lines that follow it draw themselves, and nothing else moves.
 */
export function ShownReadings({ isHeld, children }: ShownReadingsProps) {
  const { byMachine } = useReadings();
  const shown = useHeld(byMachine, isHeld);
  const { recent } = useClient();
  const lines = useMemo(() => (isHeld ? heldLines(recent) : recent), [recent, isHeld]);
  const ownMs = useCollectionInterval();
  // Held on purpose, no reading has fallen silent.
  const intervalMs = isHeld ? Number.POSITIVE_INFINITY : ownMs;
  const samples = useMemo(() => ({ byMachine: shown, intervalMs }), [shown, intervalMs]);
  return (
    <SamplesContext value={samples}>
      <LinesContext value={lines}>{children}</LinesContext>
    </SamplesContext>
  );
}

const noSamples: readonly Sample[] = [];

/** The newest samples that are shown of one machine. */
export function useShownSamples(id: string): { readonly samples: readonly Sample[]; readonly intervalMs: number } {
  const { byMachine, intervalMs } = useContext(SamplesContext);
  return { samples: byMachine.get(id) ?? noSamples, intervalMs };
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
