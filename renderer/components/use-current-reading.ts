import { useMemo } from 'react';
import { type CurrentReading, isFresh } from '../../main/contract/current-reading.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Sample } from '../../main/contract/sample.ts';
import { useTimely } from '../format/now.ts';
import { currentReading } from './current-reading.ts';

/** A reading grows old without anything being announced; the component is drawn anew only when that changes what it says. */
export function useCurrentReading(machine: Machine, samples: readonly Sample[], intervalMs: number): CurrentReading {
  const freshness = useTimely((now) => samples.map((sample) => String(isFresh(sample, intervalMs, now))).join());
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the clock changes is in `freshness`
  return useMemo(
    () => currentReading(machine, samples, intervalMs, Date.now()),
    [machine, samples, intervalMs, freshness],
  );
}
