import {
  createFitter,
  type ForecastModel,
  halfway,
  type ModelName,
  modelNames,
  plainModelCount,
  valueAhead,
  withoutTrend,
} from './candidate-models.ts';
import { at, dayHours, type HourlyValues, leastHours, recordedHours, weekHours } from './hourly-values.ts';
import { onLastLevel } from './level-steps.ts';

/** What the values of a series can be; forecasts beyond it are drawn to the edge. */
export interface ValueRange {
  readonly least: number;
  readonly most: number;
}

export const percentRange: ValueRange = { least: 0, most: 100 };

/** A forecast as it would have been made then, held against what came in the seven days after it. */
export interface PastForecast {
  /** How long ago it would have been made. */
  readonly daysAgo: number;
  /** Mean distance, in the unit of the series. */
  readonly points: number;
  /** Mean difference, forecast less what came: above 0 it was too high. */
  readonly lean: number;
  /** `points` as a share of what came; of small values, of `leastValue`. */
  readonly share: number;
  /** Distance within which eight of ten hours lay, of the first day and of the last. */
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Below this, in the unit of the series, errors are taken against it: half a point beside 0.5 % of use is no failure. */
export const leastValue = 5;
/** Older comparisons count for less, by this factor a day. */
const fading = 0.93;
/**
 * A share by which a model has to be nearer than the nearest plain one: three weeks are a small sample, and what is hardly
 * better in them is as often worse in the fourth.
 */
const leastGain = 0.05;
/** Of the hours of the last week. */
const pinnedShare = 0.1;
/** As far back as forecasts are looked at to say how good they are: three weeks with the seven days ahead. */
const trackDays = 14;
/** Of a day that came, without which there is nothing to compare. */
const leastCompared = 24;

/** One model, or two of which the mean is taken. */
export type ModelChoice = readonly [ModelName] | readonly [ModelName, ModelName];

/**
 * Which model would have been nearest, had it been asked on every day so far: each time fitted to what was known then and
 * held against the seven days that came (fewer, with less weight, for the last days). Steps in the level are taken out
 * beforehand, so that one jump does not decide between models none of which could have known of it. What anybody would try
 * is kept unless another way is clearly nearer; a trend beside which the mean of the last week did better may be nothing but
 * chance, and is followed half of the way.
 */
export function chooseModel(values: HourlyValues, range: ValueRange): ModelChoice {
  const level = onLastLevel(values);
  const errors = new Float64Array(modelNames.length);
  for (const { known, came, daysAgo } of pastMoments(level)) {
    const weight = fading ** Math.max(0, daysAgo - 7) * Math.min(1, daysAgo / 7);
    const fit = createFitter(known);
    for (const [index, name] of modelNames.entries())
      errors[index] = at(errors, index) + weight * meanDistance(fit(name), came, range);
  }
  const plain = nearestOf(errors, 0, plainModelCount);
  const best = nearestOf(errors, plain, errors.length);
  const chosen = at(errors, best) < at(errors, plain) * (1 - leastGain) ? best : plain;
  const nearest = modelNames[chosen] ?? 'straight line';
  const name = isPlainLine(nearest) && isPinned(level, range) ? 'middle line' : nearest;
  const steady = withoutTrend(name);
  const isDoubtful = steady !== null && at(errors, modelNames.indexOf(steady)) < at(errors, modelNames.indexOf(name));
  return isDoubtful ? [name, steady] : [name];
}

function isPlainLine(name: ModelName): boolean {
  return name === 'straight line' || name === 'line' || name === 'robust line';
}

/**
 * Whether the last week lies at an edge of what its values can be for a good part: what would have been beyond is cut off
 * there, so that every mean lies too far inside.
 */
function isPinned(values: HourlyValues, { least, most }: ValueRange): boolean {
  const week = values.subarray(-weekHours);
  const pinned = week.filter((value) => value <= least || value >= most).length;
  return pinned > pinnedShare * recordedHours(week);
}

/** The index of the least error from `first` on; of two that come to the same, the one that is preferred. */
function nearestOf(errors: Float64Array, first: number, end: number): number {
  let nearest = first;
  for (let index = first + 1; index < end; index += 1)
    if (at(errors, index) < at(errors, nearest) * (1 - 1e-9) - 1e-9) nearest = index;
  return nearest;
}

/** What `choice` says after `values`, steps taken into account. */
export function fitModel(values: HourlyValues, [name, other]: ModelChoice): ForecastModel {
  const fit = createFitter(onLastLevel(values));
  return other === undefined ? fit(name) : halfway(fit(name), fit(other));
}

/** How the model would have done over the last three weeks, newest first: with the steps in it, known only once they came. */
export function trackRecord(values: HourlyValues, choice: ModelChoice, range: ValueRange): readonly PastForecast[] {
  return pastMoments(values)
    .filter(({ came, daysAgo }) => came.length >= weekHours && daysAgo < 7 + trackDays)
    .map(({ known, came, daysAgo }) => compare(fitModel(known, choice), came, daysAgo, range));
}

interface PastMoment {
  readonly daysAgo: number;
  readonly known: HourlyValues;
  /** At most seven days. */
  readonly came: HourlyValues;
}

/** Every day on which a forecast could have been made that can be judged today, newest first. */
function pastMoments(values: HourlyValues): readonly PastMoment[] {
  const moments: PastMoment[] = [];
  for (let daysAgo = 1; daysAgo * dayHours < values.length; daysAgo += 1) {
    const end = values.length - daysAgo * dayHours;
    const known = values.subarray(0, end);
    const came = values.subarray(end, end + weekHours);
    if (recordedHours(known) < leastHours) break;
    if (recordedHours(came) >= Math.min(leastCompared, daysAgo * dayHours)) moments.push({ daysAgo, known, came });
  }
  return moments;
}

function meanDistance(
  { level, slope, pattern }: ForecastModel,
  came: Float64Array,
  { least, most }: ValueRange,
): number {
  let [sum, count] = [0, 0];
  for (let hour = 0; hour < came.length; hour += 1) {
    const value = at(came, hour);
    if (Number.isNaN(value)) continue;
    const ahead = level + slope * hour + (pattern === null ? 0 : at(pattern, hour));
    sum += Math.abs((ahead < least ? least : ahead > most ? most : ahead) - value);
    count += 1;
  }
  return sum / count;
}

function compare(model: ForecastModel, came: Float64Array, daysAgo: number, range: ValueRange): PastForecast {
  let [distance, lean, size, count] = [0, 0, 0, 0];
  const distances = came.map((value, hour) => {
    const difference = clamped(valueAhead(model, hour), range) - value;
    if (Number.isNaN(difference)) return difference;
    distance += Math.abs(difference);
    lean += difference;
    size += Math.abs(value);
    count += 1;
    return Math.abs(difference);
  });
  return {
    daysAgo,
    points: distance / count,
    lean: lean / count,
    share: distance / Math.max(size, leastValue * count),
    firstDay: eightOfTen(distances.subarray(0, dayHours)),
    lastDay: eightOfTen(distances.subarray(-dayHours)),
  };
}

export function clamped(value: number, { least, most }: ValueRange): number {
  return Math.min(most, Math.max(least, value));
}

/** NaN when nothing is known. */
export function eightOfTen(distances: Float64Array): number {
  const known = distances.filter((distance) => !Number.isNaN(distance)).sort();
  return known[Math.ceil(known.length * 0.8) - 1] ?? Number.NaN;
}
