import type { Standing } from '../health/combine-health.ts';
import type { StoredSample } from '../ports/metrics-store.ts';
import type { Measure } from '../ports/telemetry.ts';

/** The figures of health, by the names that dashboards know. */
export const healthMeasures = [
  'health.disk_usage',
  'health.memory_usage',
  'health.heartbeat_age',
  'health.crash_count',
  'health.service_active',
] as const;

export interface MeasuredMachine {
  readonly id: string;
  readonly name: string;
  readonly standings: readonly Standing[];
  /** Ends and restarts that nobody asked for, within the last hour. */
  readonly crashes: number;
}

/** What a round says: pure. What was not measured is left out and never 0. */
export function healthMeasuresOf(
  machines: readonly MeasuredMachine[],
  round: readonly StoredSample[],
  now: number,
): readonly Measure[] {
  return machines.flatMap(({ id, name, standings, crashes }) => {
    const own = round.filter(({ machineId, error }) => machineId === id && error === null);
    // What the guest says of itself goes before what its process shows.
    const best = (metric: 'diskPercent' | 'memoryPercent'): number | null =>
      own
        .toSorted((a, b) => Number(a.source === 'host') - Number(b.source === 'host'))
        .find((sample) => sample[metric] !== null)?.[metric] ?? null;
    const heartbeat = standings.find(({ method }) => method === 'heartbeat')?.result.figure ?? null;
    const values: Readonly<Record<(typeof healthMeasures)[number], number | null>> = {
      'health.disk_usage': best('diskPercent'),
      'health.memory_usage': best('memoryPercent'),
      'health.heartbeat_age': heartbeat,
      'health.crash_count': crashes,
      'health.service_active': servicesActive(standings),
    };
    return healthMeasures.flatMap((measure) => {
      const value = values[measure];
      return value === null ? [] : [{ name: measure, value, machine: name, at: now }];
    });
  });
}

/** 1 when every unit that should run does, 0 when one does not; null where none is watched or it cannot be told. */
function servicesActive(standings: readonly Standing[]): number | null {
  const units = standings.filter(({ method }) => method === 'unit').map(({ result }) => result.kind);
  if (units.includes('failed')) return 0;
  return units.length === 0 || units.includes('unknown') ? null : 1;
}
