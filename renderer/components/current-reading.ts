import { type CurrentReading, currentReadingOf } from '../../main/contract/current-reading.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Sample } from '../../main/contract/sample.ts';
import { clockTime } from '../format/times.ts';

/** What can be said now of what a machine does, in the times of this page. */
export function currentReading(
  machine: Machine,
  samples: readonly Sample[],
  intervalMs: number,
  now: number,
): CurrentReading {
  return currentReadingOf(machine, samples, intervalMs, now, clockTime);
}
