import type { AzureMinute } from '../../engine/ports/azure-insight.ts';

/** One metric as either library hands it over, put in one shape. */
export interface RawMetric {
  readonly name: string;
  readonly data: readonly RawPoint[];
}

export interface RawPoint {
  readonly timeStamp: Date;
  readonly average?: number | undefined;
  readonly total?: number | undefined;
}

type Values = AzureMinute['values'];

interface Kind {
  readonly metric: keyof Values;
  value(point: RawPoint): number | undefined;
}

/** Platform metrics are asked for by the minute. */
export const grainSeconds = 60;

const percent = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(Math.min(100, Math.max(0, value)) * 100) / 100;
const average = ({ average: value }: RawPoint): number | undefined => percent(value);
const free = ({ average: value }: RawPoint): number | undefined => percent(value === undefined ? value : 100 - value);
const perSecond = ({ total }: RawPoint): number | undefined =>
  total === undefined || total < 0 ? undefined : Math.round(total / grainSeconds);

/** In lower case: Azure may write them otherwise. */
const kinds: Readonly<Record<string, Kind>> = {
  'percentage cpu': { metric: 'cpuPercent', value: average },
  'available memory percentage': { metric: 'memoryPercent', value: free },
  'disk read bytes': { metric: 'diskReadBytesPerSecond', value: perSecond },
  'disk write bytes': { metric: 'diskWriteBytesPerSecond', value: perSecond },
  'network in total': { metric: 'networkInBytesPerSecond', value: perSecond },
  'network out total': { metric: 'networkOutBytesPerSecond', value: perSecond },
};

const none: Values = {
  cpuPercent: null,
  memoryPercent: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkInBytesPerSecond: null,
  networkOutBytesPerSecond: null,
};

/** Of those that a kind of machine has, the ones we read; as Azure spells them. */
export function readMetrics(defined: readonly string[]): readonly string[] {
  return defined.filter((name) => Object.hasOwn(kinds, name.toLowerCase()));
}

/** Oldest first. Minutes without any value are left out; what a minute does not have is null, and zero is a value. */
export function minutesOf(metrics: readonly RawMetric[]): readonly AzureMinute[] {
  const minutes = new Map<number, Values>();
  for (const { name, data } of metrics) {
    const key = name.toLowerCase();
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined) continue;
    for (const point of data) {
      const value = kind.value(point);
      const begin = point.timeStamp.getTime();
      if (value === undefined || !Number.isFinite(value) || Number.isNaN(begin)) continue;
      const atMs = begin + grainSeconds * 1000;
      minutes.set(atMs, { ...(minutes.get(atMs) ?? none), [kind.metric]: value });
    }
  }
  return [...minutes].map(([atMs, values]) => ({ atMs, values })).sort((a, b) => a.atMs - b.atMs);
}
