/** One platform metric of a machine. */
export interface Metric {
  readonly name: string;
  readonly unit: 'Percent' | 'Bytes' | 'BytesPerSecond' | 'Count' | 'CountPerSecond' | 'Milliseconds';
  readonly usual: 'Average' | 'Total';
  readonly dimension: string | null;
  /** Values without anybody's say lie between these. */
  readonly low: number;
  readonly high: number;
}

const mebibyte = 2 ** 20;

function metric(
  name: string,
  unit: Metric['unit'],
  [low, high]: readonly [number, number],
  usual: Metric['usual'] = 'Average',
  dimension: string | null = null,
): Metric {
  return { name, unit, usual, dimension, low, high };
}

/** Those that tell something about load, out of the 64 that the service has. */
export const metricCatalogue: readonly Metric[] = [
  metric('Percentage CPU', 'Percent', [2, 40]),
  metric('Available Memory Bytes', 'Bytes', [1024 * mebibyte, 3072 * mebibyte]),
  metric('Available Memory Percentage', 'Percent', [25, 75]),
  metric('Disk Read Bytes', 'Bytes', [0, 40 * mebibyte], 'Total'),
  metric('Disk Write Bytes', 'Bytes', [0, 60 * mebibyte], 'Total'),
  metric('Disk Read Operations/Sec', 'CountPerSecond', [0, 80]),
  metric('Disk Write Operations/Sec', 'CountPerSecond', [0, 120]),
  metric('Network In Total', 'Bytes', [0, 12 * mebibyte], 'Total'),
  metric('Network Out Total', 'Bytes', [0, 9 * mebibyte], 'Total'),
  metric('Network In', 'Bytes', [0, 12 * mebibyte], 'Total'),
  metric('Network Out', 'Bytes', [0, 9 * mebibyte], 'Total'),
  metric('OS Disk Read Bytes/sec', 'BytesPerSecond', [0, mebibyte]),
  metric('OS Disk Write Bytes/sec', 'BytesPerSecond', [0, mebibyte]),
  metric('OS Disk Read Operations/Sec', 'CountPerSecond', [0, 80]),
  metric('OS Disk Write Operations/Sec', 'CountPerSecond', [0, 120]),
  metric('OS Disk Queue Depth', 'Count', [0, 2]),
  metric('OS Disk Latency', 'Milliseconds', [1, 9]),
  metric('OS Disk IOPS Consumed Percentage', 'Percent', [0, 30], 'Average', 'LUN'),
  metric('Data Disk Read Bytes/sec', 'BytesPerSecond', [0, mebibyte], 'Average', 'LUN'),
  metric('Data Disk Write Bytes/sec', 'BytesPerSecond', [0, mebibyte], 'Average', 'LUN'),
  metric('CPU Credits Remaining', 'Count', [40, 60]),
  metric('CPU Credits Consumed', 'Count', [0, 1]),
  metric('Inbound Flows', 'Count', [3, 30]),
  metric('Outbound Flows', 'Count', [3, 30]),
  metric('VmAvailabilityMetric', 'Count', [1, 1], 'Average', 'Context'),
];

/** Names compare without case. */
export function findMetric(name: string): Metric | undefined {
  return metricCatalogue.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
}

/** Grains that may be asked for, in minutes; `FULL` is the whole time in one point. */
export const grains: Readonly<Record<string, number>> = {
  PT1M: 1,
  PT5M: 5,
  PT15M: 15,
  PT30M: 30,
  PT1H: 60,
  PT6H: 360,
  PT12H: 720,
  P1D: 1440,
};

export const retentionDays = 93;

/** Only these exist; case does not matter. */
export const aggregations = ['average', 'minimum', 'maximum', 'total', 'count'] as const;
export type Aggregation = (typeof aggregations)[number];
