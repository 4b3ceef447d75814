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
    const best = (metric: 'diskPercent' | 'memoryPercent'): Figure => {
      const sample = own
        .toSorted((a, b) => farness[a.source] - farness[b.source])
        .find((each) => each[metric] !== null);
      // The platform's values come late: each stands at its own time.
      return { value: sample?.[metric] ?? null, at: sample?.source === 'azure' ? sample.atMs : now };
    };
    const present = (value: number | null): Figure => ({ value, at: now });
    const heartbeat = standings.find(({ method }) => method === 'heartbeat')?.result.figure ?? null;
    const figures: Readonly<Record<(typeof healthMeasures)[number], Figure>> = {
      'health.disk_usage': best('diskPercent'),
      'health.memory_usage': best('memoryPercent'),
      'health.heartbeat_age': present(heartbeat),
      'health.crash_count': present(crashes),
      'health.service_active': present(servicesActive(standings)),
    };
    return healthMeasures.flatMap((measure) => {
      const { value, at } = figures[measure];
      return value === null ? [] : [{ name: measure, value, machine: name, at }];
    });
  });
}

interface Figure {
  readonly value: number | null;
  readonly at: number;
}

/** What the guest says of itself goes before what a platform sees of it, and that before what its process shows. */
const farness: Readonly<Record<StoredSample['source'], number>> = { guest: 0, ssh: 0, azure: 1, host: 2 };

/** 1 when every unit that should run does, 0 when one does not; null where none is watched or it cannot be told. */
function servicesActive(standings: readonly Standing[]): number | null {
  const units = standings.filter(({ method }) => method === 'unit').map(({ result }) => result.kind);
  if (units.includes('failed')) return 0;
  return units.length === 0 || units.includes('unknown') ? null : 1;
}
