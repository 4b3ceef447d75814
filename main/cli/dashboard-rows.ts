import { type CurrentReading, currentReadingOf } from '../contract/current-reading.ts';
import type { Machine } from '../contract/machine.ts';
import { severities, severityOf } from '../contract/machine-condition.ts';
import type { Sample } from '../contract/sample.ts';
import { clockTime } from './clock-time.ts';

/** One machine of the dashboard. */
export interface DashboardRow {
  readonly machine: Machine;
  readonly reading: CurrentReading;
}

/** Everything one picture of the dashboard is made of. Times in wall-clock milliseconds. */
export interface DashboardFacts {
  /** Worst first, then by name. */
  readonly rows: readonly DashboardRow[];
  readonly updatedAt: number;
}

const names = new Intl.Collator('en', { numeric: true });

/** `intervalMs` is that of the collection: what the age of a reading is judged by. */
export function dashboardFacts(
  machines: readonly Machine[],
  samples: readonly Sample[],
  intervalMs: number,
  now: number,
): DashboardFacts {
  const byMachine = new Map<string, Sample[]>();
  for (const sample of samples) byMachine.set(sample.machineId, [...(byMachine.get(sample.machineId) ?? []), sample]);
  const rows = machines
    .map((machine): DashboardRow => {
      const own = byMachine.get(machine.id) ?? [];
      return { machine, reading: currentReadingOf(machine, own, intervalMs, now, clockTime) };
    })
    .sort((a, b) => rank(a) - rank(b) || names.compare(a.machine.name, b.machine.name));
  return { rows, updatedAt: now };
}

function rank({ machine }: DashboardRow): number {
  return severities.indexOf(severityOf(machine, undefined));
}
