import { useLayoutEffect, useMemo, useSyncExternalStore } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { useTimely } from '../../format/now.ts';
import { LiveReading } from './live-reading.ts';
import { useShownSamples } from './shown-readings.tsx';

/** The reading of a machine; the component is drawn anew when there is something else to draw than other numbers. */
export function useLiveReading(machine: Machine): LiveReading {
  const shown = useShownSamples();
  const live = useMemo(() => new LiveReading(machine, shown), [machine, shown]);
  // A reading grows old without anything being announced.
  useTimely(live.shape);
  useSyncExternalStore(live.subscribe, live.shape);
  useLayoutEffect(() => live.follow(), [live]);
  return live;
}
