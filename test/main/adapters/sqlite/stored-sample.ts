import { noValues } from '../../../../main/contract/sample.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';

/** A reading of a machine's process with 10 % of CPU and nothing else known. */
export function storedSample(machineId: string, atMs: number, over: Partial<StoredSample> = {}): StoredSample {
  return { machineId, atMs, source: 'host', error: null, ...noValues, cpuPercent: 10, ...over };
}
