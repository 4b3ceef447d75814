import { isFresh } from '../../../main/contract/current-reading.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Sample } from '../../../main/contract/sample.ts';

/**
 * How many CPUs of this computer a machine's process keeps busy now: 1.5 is one and a half. Null where it has none here, or
 * where that is not known.
 */
export function hostCost(
  { cpus, startedAt }: Machine,
  samples: readonly Sample[],
  intervalMs: number,
  now: number,
): number | null {
  const sample = samples.find(({ source }) => source === 'host');
  if (sample === undefined || cpus === null || startedAt === null || sample.at < startedAt) return null;
  if (!isFresh(sample, intervalMs, now) || sample.cpuPercent === null) return null;
  return (sample.cpuPercent / 100) * cpus;
}
