import type { SampleSlice, StoredSample } from '../../engine/ports/metrics-store.ts';
import type { PackedMetrics } from './packed-metrics.ts';

/** Every sample of a part of one series, oldest first, an hour unpacked at a time. */
export function* samplesOf(
  metrics: PackedMetrics,
  { machineId, source, fromMs, toMs }: Omit<SampleSlice, 'limit'>,
): Generator<StoredSample> {
  const series = metrics.series.byName(machineId, source);
  if (series === undefined) return;
  for (const hour of metrics.hoursOf(series, fromMs, toMs)) {
    const table = metrics.samples(series, hour);
    if (table === null) continue;
    for (let place = table.firstFrom(fromMs); place < table.count; place += 1) {
      if ((table.at[place] as number) > toMs) return;
      yield table.sample(place, machineId, source);
    }
  }
}
