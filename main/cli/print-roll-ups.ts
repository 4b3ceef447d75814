import type { RolledUpMetric, RollUp } from '../contract/roll-up.ts';
import type { SampleMetric } from '../contract/sample.ts';
import { metricNames } from './metric-names.ts';
import { type Cell, textTable } from './text-table.ts';

const percentColumns = [
  ['cpuPercent', 'CPU %'],
  ['memoryPercent', 'MEMORY %'],
  ['diskPercent', 'DISK %'],
] as const;
const rateColumns = [
  ['diskReadBytesPerSecond', 'DISK READ MB/s'],
  ['diskWriteBytesPerSecond', 'DISK WRITE MB/s'],
  ['networkInBytesPerSecond', 'NET IN MB/s'],
  ['networkOutBytesPerSecond', 'NET OUT MB/s'],
] as const;

/** `vigil monitor history`, oldest first: the average of each hour or day, the highest in brackets. */
export function printRollUps(rollUps: readonly RollUp[], hasColour: boolean): string {
  const head = ['TIME', ...[...percentColumns, ...rateColumns].map(([, title]) => title), 'REMARK'];
  const rows = rollUps.map((rollUp): readonly Cell[] => [
    { text: timeOf(rollUp) },
    ...percentColumns.map(([metric]) => ({ text: withHighest(rollUp.metrics[metric], 1) })),
    ...rateColumns.map(([metric]) => ({ text: withHighest(rollUp.metrics[metric], 1e6) })),
    { text: remarkOf(rollUp), colour: 'grey' },
  ]);
  return textTable(head, rows, hasColour);
}

/** The same of one value, with everything that is known of it, in its own unit. */
export function printOneMetric(rollUps: readonly RollUp[], metric: SampleMetric, hasColour: boolean): string {
  const head = ['TIME', `${metricNames[metric]} AVERAGE`, 'LOWEST', 'HIGHEST', 'LAST', 'READINGS', 'REMARK'];
  const rows = rollUps.map((rollUp): readonly Cell[] => {
    const value = rollUp.metrics[metric];
    const known = value === null ? [] : [value.average, value.min, value.max, value.last];
    const numbers = value === null ? ['-', '-', '-', '-'] : known.map((number) => number.toFixed(1));
    return [
      { text: timeOf(rollUp) },
      ...numbers.map((text) => ({ text })),
      { text: String(value?.count ?? 0) },
      { text: remarkOf(rollUp), colour: 'grey' },
    ];
  });
  return textTable(head, rows, hasColour);
}

/** Hours and days are those of UTC. */
function timeOf({ from, level }: RollUp): string {
  return level === 'daily' ? from.slice(0, 10) : `${from.slice(0, 16)}Z`;
}

/** A value that is not known is a dash, never 0. */
function withHighest(value: RolledUpMetric | null, unit: number): string {
  return value === null ? '-' : `${(value.average / unit).toFixed(1)} (${(value.max / unit).toFixed(1)})`;
}

function remarkOf({ failed, partial, readings }: RollUp): string {
  const parts = [
    ...(partial ? ['part of it only'] : []),
    ...(failed > 0 ? [`${failed} of ${readings + failed} readings failed`] : []),
  ];
  return parts.join(', ');
}
