import { mostForecastDays, riskThreshold } from './forecast.ts';
import type { SampleMetric } from './sample.ts';

/**
 * What an alert rule can be about and how a value is held against a threshold: the one table that the evaluator, the
 * command line and every editor of rules read.
 */

/** Where the values come from: readings of the machine, what they foretell, or what Vigil itself knows of it. */
export type AlertSource =
  | { readonly kind: 'reading'; readonly metric: SampleMetric }
  /** Known at any moment, also where nothing is measured. */
  | { readonly kind: 'condition' }
  /** Of what was foretold earlier nothing is recorded. */
  | { readonly kind: 'forecast' };

export interface AlertVariable {
  /** What a person calls it. */
  readonly words: string;
  readonly unit: 'percent' | 'bytes per second' | 'count' | 'days' | 'yes or no';
  readonly source: AlertSource;
  /** The lowest and highest threshold that can mean anything. */
  readonly low: number;
  readonly high: number;
  /** What holds when a rule names no threshold; absent where it must. */
  readonly threshold?: number;
  /** Which values are bad news; high ones when absent. */
  readonly worry?: 'low';
}

const percent = (words: string, metric: SampleMetric): AlertVariable => ({
  words,
  unit: 'percent',
  source: { kind: 'reading', metric },
  low: 0,
  high: 100,
});
const rate = (words: string, metric: SampleMetric): AlertVariable => ({
  words,
  unit: 'bytes per second',
  source: { kind: 'reading', metric },
  low: 0,
  high: 1e13,
});
const yesOrNo = (words: string): AlertVariable => ({
  words,
  unit: 'yes or no',
  source: { kind: 'condition' },
  low: 0,
  high: 1,
  threshold: 0,
});

export const alertVariables = {
  cpu_percent: percent('CPU', 'cpuPercent'),
  memory_percent: percent('Memory', 'memoryPercent'),
  disk_percent: percent('Disk', 'diskPercent'),
  disk_read_bytes_per_second: rate('Disk reads', 'diskReadBytesPerSecond'),
  disk_write_bytes_per_second: rate('Disk writes', 'diskWriteBytesPerSecond'),
  network_in_bytes_per_second: rate('Network in', 'networkInBytesPerSecond'),
  network_out_bytes_per_second: rate('Network out', 'networkOutBytesPerSecond'),
  /** It ended without being asked to, or its checks count it as unreachable. */
  machine_down: yesOrNo('Machine down'),
  /** How often it ended without being asked to, or restarted by itself, within the last hour. */
  crash_loop: {
    words: 'Unexpected ends in an hour',
    unit: 'count',
    source: { kind: 'condition' },
    low: 0,
    high: 1000,
    threshold: 2,
  },
  /** Units on it that should run and do not. */
  service_dead: {
    words: 'Dead services',
    unit: 'count',
    source: { kind: 'condition' },
    low: 0,
    high: 1000,
    threshold: 0,
  },
  heartbeat_stale: yesOrNo('Heartbeat stale'),
  /** Its last snapshot could not be taken. */
  snapshot_failed: yesOrNo('Snapshot failed'),
  /**
   * The fewest days until CPU, memory or disk is foretold to pass the threshold of forecasts, of those that are foretold at
   * all; the most where none of them passes it by then. Unknown where nothing is foretold.
   */
  days_until_threshold: {
    words: `Days until CPU, memory or disk passes ${riskThreshold} %`,
    unit: 'days',
    source: { kind: 'forecast' },
    low: 0,
    high: mostForecastDays,
    worry: 'low',
  },
} as const satisfies Readonly<Record<string, AlertVariable>>;

export type AlertVariableName = keyof typeof alertVariables;
export const alertVariableNames = Object.keys(alertVariables) as readonly AlertVariableName[];

/** By name, in the type that every row of the table shares. */
export function alertVariable(name: AlertVariableName): AlertVariable {
  return alertVariables[name];
}

export const alertComparisons = ['>', '<', '>=', '<='] as const;
export type AlertComparison = (typeof alertComparisons)[number];

/** Every comparison as "beyond": `way` times the value lies above `limit`, exactly, also for the two that take the threshold in. */
export function beyond(
  comparison: AlertComparison,
  threshold: number,
): { readonly way: 1 | -1; readonly limit: number } {
  const way = comparison === '>' || comparison === '>=' ? 1 : -1;
  const limit = way * threshold;
  return { way, limit: comparison === '>=' || comparison === '<=' ? nextBelow(limit) : limit };
}

/** The greatest double below it: above that is the same as at least the number itself. */
function nextBelow(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  if (value === 0) return -Number.MIN_VALUE;
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return view.getFloat64(0);
}

/** `91.2 %`, `12.5 MB/s`, `3`, `5.4 days`, `yes`; in the words of messages and lists. */
export function alertValueText(name: AlertVariableName, value: number): string {
  switch (alertVariable(name).unit) {
    case 'percent':
      return `${rounded(value)} %`;
    case 'bytes per second':
      return value >= 1e6 ? `${rounded(value / 1e6)} MB/s` : `${rounded(value / 1e3)} kB/s`;
    case 'count':
      return rounded(value);
    case 'days':
      return `${rounded(value)} ${rounded(value) === '1' ? 'day' : 'days'}`;
    case 'yes or no':
      return value > 0 ? 'yes' : 'no';
  }
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
