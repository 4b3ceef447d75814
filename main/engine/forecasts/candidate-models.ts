import { findPattern } from './daily-pattern.ts';
import { at, dayHours, type HourlyValues, newestValue, weekHours } from './hourly-values.ts';
import { medianOf, robustLine } from './robust-line.ts';
import { type Line, lineThroughHours } from './straight-line.ts';

/** What can be said of hours to come: a level, what it gains an hour, and by which each hour of a week differs from it. */
export interface ForecastModel extends Line {
  /** A model, or two of which it is the mean. */
  readonly name: ModelName | `${ModelName} and ${ModelName}`;
  /** 168 values, the first for the hour after the end; null where every hour is like the other. */
  readonly pattern: Float64Array | null;
}

/** Fewer days make no trend. */
const leastTrendDays = 5;
/** Of a day, without which its middle says nothing. */
const leastMiddleHours = 4;

/**
 * In the order in which they are preferred when they do equally well. The first three are what anybody would try, and what
 * every other one has to beat.
 */
export const modelNames = [
  'straight line',
  'last value',
  'same hour last week',
  'median',
  'yesterday',
  'last week',
  'line',
  'robust line',
  'middle line',
  'yesterday with days',
  'last week with days',
  'line with days',
  'robust line with days',
  'yesterday with weeks',
  'last week with weeks',
  'line with weeks',
  'robust line with weeks',
] as const;
/** How many of them, from the first, are what anybody would try. */
export const plainModelCount = 3;
export type ModelName = (typeof modelNames)[number];

/** The mean of the last week in place of a trend: what else such a series can be. Null for a model that has no trend. */
export function withoutTrend(name: ModelName): ModelName | null {
  switch (name) {
    case 'straight line':
    case 'line':
    case 'robust line':
    case 'middle line':
      return 'last week';
    case 'line with days':
    case 'robust line with days':
      return 'last week with days';
    case 'line with weeks':
    case 'robust line with weeks':
      return 'last week with weeks';
    default:
      return null;
  }
}

/** The mean of two models, which is never further off than the two are on average. */
export function halfway(one: NamedModel, other: NamedModel): ForecastModel {
  return {
    name: `${one.name} and ${other.name}`,
    level: (one.level + other.level) / 2,
    slope: (one.slope + other.slope) / 2,
    pattern:
      one.pattern === null && other.pattern === null
        ? null
        : Float64Array.from(
            { length: weekHours },
            (_, hour) => ((one.pattern?.[hour] ?? 0) + (other.pattern?.[hour] ?? 0)) / 2,
          ),
  };
}

export function valueAhead({ level, slope, pattern }: ForecastModel, hour: number): number {
  return level + slope * hour + (pattern === null ? 0 : at(pattern, hour % weekHours));
}

/** One that was fitted by itself. */
export interface NamedModel extends ForecastModel {
  readonly name: ModelName;
}

/** Fits models to the same values; what several of them share is worked out once, and only when one needs it. */
export function createFitter(values: HourlyValues): (name: ModelName) => NamedModel {
  const pattern = once(() => findPattern(values));
  const days = once(() => knownDays(pattern().dayMeans));
  const anyDays = once(() => knownDays(pattern().dayMeansOfAnyDay));
  const robust = once(() => robustTrend(days()));
  const anyRobust = once(() => robustTrend(anyDays()));
  const last = once(() => newestValue(values)?.value ?? Number.NaN);
  const dayPattern = (): Float64Array => pattern().day;
  const weekPattern = (): Float64Array => pattern().week;
  const fits: Readonly<Record<ModelName, () => Omit<ForecastModel, 'name'>>> = {
    'straight line': () => ({ ...lineThroughHours(values), pattern: null }),
    'last value': () => flat(last(), null),
    'same hour last week': () => flat(0, lastWeek(values, last())),
    median: () => flat(medianOf(known(values.subarray(-weekHours))), null),
    yesterday: () => flat(days().yesterday, null),
    'last week': () => flat(days().lastWeek, null),
    line: () => ({ ...leastSquares(days()), pattern: null }),
    'robust line': () => ({ ...robust(), pattern: null }),
    'middle line': () => ({ ...middleTrend(values, days()), pattern: null }),
    'yesterday with days': () => flat(days().yesterday, dayPattern()),
    'last week with days': () => flat(days().lastWeek, dayPattern()),
    'line with days': () => ({ ...leastSquares(days()), pattern: dayPattern() }),
    'robust line with days': () => ({ ...robust(), pattern: dayPattern() }),
    'yesterday with weeks': () => flat(anyDays().yesterday, weekPattern()),
    'last week with weeks': () => flat(anyDays().lastWeek, weekPattern()),
    'line with weeks': () => ({ ...leastSquares(anyDays()), pattern: weekPattern() }),
    'robust line with weeks': () => ({ ...anyRobust(), pattern: weekPattern() }),
  };
  return (name) => ({ name, ...fits[name]() });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function flat(level: number, pattern: Float64Array | null): Omit<ForecastModel, 'name'> {
  return { level, slope: 0, pattern };
}

/** The means of the days that have one; times in hours, the end is 0. */
interface KnownDays {
  readonly times: Float64Array;
  readonly means: Float64Array;
  readonly yesterday: number;
  readonly lastWeek: number;
}

function knownDays(dayMeans: Float64Array): KnownDays {
  const days = dayMeans.length;
  const times = new Float64Array(days);
  const means = new Float64Array(days);
  let count = 0;
  for (let day = 0; day < days; day += 1) {
    const mean = at(dayMeans, day);
    if (Number.isNaN(mean)) continue;
    times[count] = (day - days + 0.5) * dayHours;
    means[count] = mean;
    count += 1;
  }
  const all = means.subarray(0, count);
  return {
    times: times.subarray(0, count),
    means: all,
    yesterday: at(all, count - 1),
    lastWeek: meanOf(all.subarray(-7)),
  };
}

function robustTrend({ times, means, lastWeek }: KnownDays): Line {
  return means.length < leastTrendDays ? { level: lastWeek, slope: 0 } : robustLine(times, means);
}

/** Through the middle hour of each day: what is cut off at the edge of a range does not bend it. */
function middleTrend(values: HourlyValues, { lastWeek }: KnownDays): Line {
  const days = Math.floor(values.length / dayHours);
  const [times, middles] = [new Float64Array(days), new Float64Array(days)];
  let count = 0;
  for (let day = 0; day < days; day += 1) {
    const from = values.length - (days - day) * dayHours;
    const hours = known(values.subarray(from, from + dayHours));
    if (hours.length < leastMiddleHours) continue;
    times[count] = (day - days + 0.5) * dayHours;
    middles[count] = medianOf(hours);
    count += 1;
  }
  return count < leastTrendDays
    ? { level: lastWeek, slope: 0 }
    : robustLine(times.subarray(0, count), middles.subarray(0, count));
}

function leastSquares({ times, means, lastWeek }: KnownDays): Line {
  const count = means.length;
  if (count < leastTrendDays) return { level: lastWeek, slope: 0 };
  const [meanTime, mean] = [meanOf(times), meanOf(means)];
  let [spread, joint] = [0, 0];
  for (let day = 0; day < count; day += 1) {
    const time = at(times, day) - meanTime;
    spread += time * time;
    joint += time * (at(means, day) - mean);
  }
  const slope = spread > 0 ? joint / spread : 0;
  return { level: mean - slope * meanTime, slope };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** What the newest week knows of each hour, else an older one; the last value where none does. */
function lastWeek(values: HourlyValues, last: number): Float64Array {
  const pattern = new Float64Array(weekHours);
  for (let hour = 0; hour < weekHours; hour += 1) {
    let value = Number.NaN;
    for (let index = values.length - weekHours + hour; index >= 0 && Number.isNaN(value); index -= weekHours)
      value = at(values, index);
    pattern[hour] = Number.isNaN(value) ? last : value;
  }
  return pattern;
}

function known(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value));
}
