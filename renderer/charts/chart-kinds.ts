import type { SampleMetric, SampleSource } from '../../main/contract/sample.ts';
import { megabytes, megabytesPerSecond, percentage } from '../format/readings.ts';

/** What each chart of a machine shows. */
export interface ChartKind {
  readonly key: 'cpu' | 'memory' | 'disk' | 'disk-rate' | 'network' | 'host';
  readonly name: string;
  readonly metrics: readonly [SampleMetric] | readonly [SampleMetric, SampleMetric];
  readonly unit: 'percent' | 'rate';
  /** Where it is always read, whatever view is looked at. */
  readonly source?: SampleSource;
  /** What the two lines of a chart are called. */
  readonly sides?: readonly [first: string, second: string];
}

export const chartKinds: readonly ChartKind[] = [
  { key: 'cpu', name: 'CPU', metrics: ['cpuPercent'], unit: 'percent' },
  { key: 'memory', name: 'Memory', metrics: ['memoryPercent'], unit: 'percent' },
  { key: 'disk', name: 'Disk', metrics: ['diskPercent'], unit: 'percent' },
  {
    key: 'disk-rate',
    name: 'Disk activity',
    metrics: ['diskReadBytesPerSecond', 'diskWriteBytesPerSecond'],
    unit: 'rate',
    sides: ['read', 'written'],
  },
  {
    key: 'network',
    name: 'Network',
    metrics: ['networkInBytesPerSecond', 'networkOutBytesPerSecond'],
    unit: 'rate',
    sides: ['in', 'out'],
  },
];

/** What the machine costs this computer, beside what its guest says of itself. */
export const hostKind: ChartKind = {
  key: 'host',
  name: 'Cost on this computer',
  metrics: ['cpuPercent'],
  unit: 'percent',
  source: 'host',
};

/** A value with its unit. */
export function valueWords(value: number, unit: ChartKind['unit']): string {
  return unit === 'percent' ? percentage(value) : megabytesPerSecond(value);
}

/** A value of an axis: as short as it can be told apart. */
export function axisWords(value: number, unit: ChartKind['unit']): string {
  if (unit === 'percent') return value === 100 ? '100\u2009%' : String(value);
  const whole = value / 1e6;
  return Number.isInteger(whole) ? String(whole) : megabytes(value);
}
