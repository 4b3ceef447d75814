import { type ForecastMetric, forecastMetrics } from '../../main/contract/forecast.ts';
import type { SampleSource } from '../../main/contract/sample.ts';
import type { MetricsStore, RollUpQuery, StoredRollUps } from '../../main/engine/ports/metrics-store.ts';

const hourMs = 3_600_000;

/** Hours in memory, as the real store's roll-ups tell them; one without a value is not there. */
export class HourlyStore implements Pick<MetricsStore, 'rollUps'> {
  readonly queries: RollUpQuery[] = [];
  readonly #hours = new Map<string, Map<number, number>>();

  /** `values` end with the hour before `endMs`. */
  put(
    machineId: string,
    metric: ForecastMetric,
    values: Float64Array,
    { endMs, source = 'guest' }: { readonly endMs: number; readonly source?: SampleSource },
  ): void {
    const hours = this.#of(machineId, source, metric);
    const first = Math.floor(endMs / hourMs) - values.length;
    for (const [index, value] of values.entries()) if (!Number.isNaN(value)) hours.set(first + index, value);
  }

  async rollUps(query: RollUpQuery): Promise<readonly StoredRollUps[]> {
    this.queries.push(query);
    const { source } = query;
    return query.machineIds.flatMap((machineId): readonly StoredRollUps[] => {
      const known = forecastMetrics.map((metric) => [metric, this.#of(machineId, source, metric)] as const);
      const hours = [...new Set(known.flatMap(([, each]) => [...each.keys()]))]
        .filter((hour) => hour * hourMs >= query.fromMs && hour * hourMs < query.toMs)
        .sort((a, b) => a - b);
      if (hours.length === 0) return [];
      const startMs = Float64Array.from(hours, (hour) => hour * hourMs);
      const columns = known.map(([metric, each]) => {
        const value = Float64Array.from(hours, (hour) => each.get(hour) ?? Number.NaN);
        const count = Uint32Array.from(hours, (hour) => (each.has(hour) ? 60 : 0));
        return [metric, { count, sum: value.map((one) => one * 60), min: value, max: value, last: value }] as const;
      });
      const readings = Uint32Array.from(hours, () => 60);
      const none = new Uint32Array(hours.length);
      return [
        {
          machineId,
          source,
          startMs,
          endMs: startMs.map((start) => start + hourMs),
          readings,
          failed: none,
          partial: new Uint8Array(hours.length),
          metrics: Object.fromEntries(columns),
        },
      ];
    });
  }

  #of(machineId: string, source: SampleSource, metric: ForecastMetric): Map<number, number> {
    const key = `${machineId} ${source} ${metric}`;
    const found = this.#hours.get(key) ?? new Map<number, number>();
    this.#hours.set(key, found);
    return found;
  }
}
