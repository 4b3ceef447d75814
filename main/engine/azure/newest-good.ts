import { storedSampleAt } from '../metrics/stored-samples.ts';
import type { MetricsStore, SampleColumns, StoredSample } from '../ports/metrics-store.ts';

/** Of two hours: a minute each, and failed readings between them. */
const mostSamples = 200;

/**
 * The newest sample of each machine that Azure gave a value for, not before `fromMs`; those that have none are left out. Only
 * where the newest of all is a failed one are those before it looked through.
 */
export async function newestGood(
  store: Pick<MetricsStore, 'newest' | 'slice'>,
  ids: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<readonly StoredSample[]> {
  const wanted = new Set(ids);
  const found: StoredSample[] = [];
  for (const sample of await store.newest()) {
    const { machineId, source, error, atMs } = sample;
    if (source !== 'azure' || !wanted.has(machineId) || atMs < fromMs) continue;
    const slice = { machineId, source, fromMs, toMs, limit: mostSamples };
    const good = error === null ? sample : lastGood(await store.slice(slice));
    if (good !== undefined) found.push(good);
  }
  return found;
}

function lastGood(samples: SampleColumns): StoredSample | undefined {
  let place = samples.atMs.length - 1;
  while (place >= 0 && (samples.errors?.[place] ?? null) !== null) place -= 1;
  return place < 0 ? undefined : storedSampleAt(samples, place);
}
