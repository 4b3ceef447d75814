import type { Handlers, ParsedInput } from '../../contract/calls.ts';
import type { ComparedPoint, ComparedSeries } from '../../contract/roll-up.ts';
import { type SampleMetric, sampleMetrics } from '../../contract/sample.ts';
import type { Settings } from '../../contract/settings.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsStore, RollUpQuery, StoredRollUps } from '../ports/metrics-store.ts';
import { exportPiece } from './export-readings.ts';
import { rolledUp, rollUpsOf, sourcesByWorth } from './roll-up-answers.ts';
import { valueAt } from './stored-samples.ts';

/** What machines did, further back than single readings go. */
export interface HistoryDesk {
  readonly handlers: Pick<Handlers, 'metrics.roll-ups' | 'metrics.compare' | 'metrics.export' | 'metrics.sql'>;
}

export interface HistoryDeskPorts {
  readonly clock: Clock;
  readonly store: MetricsStore;
  settings(): Settings;
  /** From one reading of a machine to the next. */
  intervalMs(machineId: string): number;
  /** Id of a machine -> the name it has now. */
  names(): Readonly<Record<string, string>>;
  /** The machine a person means; throws `not-found`. */
  resolve(reference: string): { readonly id: string; readonly name: string };
}

type MachineName = ReturnType<HistoryDeskPorts['resolve']>;

export function createHistoryDesk(ports: HistoryDeskPorts): HistoryDesk {
  const { store } = ports;

  /** Of each machine the first source that knows the value, with its buckets. */
  const bestRollUps = async (
    machines: readonly MachineName[],
    query: Omit<RollUpQuery, 'machineIds' | 'source' | 'metrics'> & { readonly metric: SampleMetric },
  ): Promise<ReadonlyMap<string, StoredRollUps>> => {
    const found = new Map<string, StoredRollUps>();
    for (const source of sourcesByWorth) {
      const machineIds = machines.map(({ id }) => id).filter((id) => !found.has(id));
      if (machineIds.length === 0) break;
      for (const series of await store.rollUps({ ...query, machineIds, source, metrics: [query.metric] })) {
        const isKnown = series.metrics[query.metric]?.count.some((count) => count > 0) === true;
        if (isKnown) found.set(series.machineId, series);
      }
    }
    return found;
  };

  const comparedRaw = async (
    { id }: MachineName,
    { metric, from, to, points }: ParsedInput<'metrics.compare'>,
  ): Promise<Pick<ComparedSeries, 'source' | 'points'> | null> => {
    const intervalMs = ports.intervalMs(id);
    for (const source of sourcesByWorth) {
      const range = { fromMs: Date.parse(from), toMs: Date.parse(to), points, intervalMs };
      const samples = await store.history({ machineId: id, source, ...range });
      if (samples.values[metric].every(Number.isNaN)) continue;
      return {
        source,
        points: Array.from(samples.atMs, (atMs, place) => ({
          at: isoTime(atMs),
          ...sameThrice(valueAt(samples, metric, place)),
          partial: false,
        })),
      };
    }
    return null;
  };

  return {
    handlers: {
      'metrics.roll-ups': async ({ machine, from, to, points, level }) => {
        const named = ports.resolve(machine);
        const range = { fromMs: Date.parse(from), toMs: Date.parse(to), points, level, metrics: sampleMetrics };
        const found = await Promise.all(
          sourcesByWorth.map((source) => store.rollUps({ machineIds: [named.id], source, ...range })),
        );
        return found.flat().flatMap((series) => rollUpsOf(series, named, level));
      },
      'metrics.compare': async (asked) => {
        const { metric, level, from, to, points } = asked;
        const machines = [...new Map(asked.machines.map(ports.resolve).map((named) => [named.id, named])).values()];
        const empty = { source: 'host', points: [] } as const;
        if (level === 'raw') {
          const series = await Promise.all(machines.map((named) => comparedRaw(named, asked)));
          return machines.map(({ id, name }, index) => ({
            machine: name,
            machineId: id,
            metric,
            level,
            ...(series[index] ?? empty),
          }));
        }
        const range = { fromMs: Date.parse(from), toMs: Date.parse(to), points, level, metric };
        const best = await bestRollUps(machines, range);
        return machines.map(({ id, name }): ComparedSeries => {
          const series = best.get(id);
          const compared = series === undefined ? empty : { source: series.source, points: pointsOf(series, metric) };
          return { machine: name, machineId: id, metric, level, ...compared };
        });
      },
      'metrics.sql': ({ query, limit }) => store.query({ sql: query, limit, names: ports.names() }),
      'metrics.export': (asked) => exportPiece(ports, ports.resolve(asked.machine), asked),
    },
  };
}

function sameThrice(value: number | null): Pick<ComparedPoint, 'average' | 'min' | 'max'> {
  return { average: value, min: value, max: value };
}

function pointsOf(series: StoredRollUps, metric: SampleMetric): readonly ComparedPoint[] {
  return Array.from(series.startMs, (startMs, index) => {
    const value = rolledUp(series, metric, index);
    const known = value === null ? sameThrice(null) : { average: value.average, min: value.min, max: value.max };
    return { at: isoTime(startMs), ...known, partial: series.partial[index] === 1 };
  });
}
