import { at, dayHours, type HourlyValues } from './hourly-values.ts';
import { medianOf } from './robust-line.ts';

/** A moment from which on everything lies higher or lower than before. */
export interface LevelStep {
  /** Index of the first hour on the new level. */
  readonly from: number;
  readonly by: number;
}

/** Days on each side without which a step is nothing but an odd day. */
const leastDays = 2;
/** Of the squared distances to a straight line, at most so much may be left for a step to be believed. */
const leftShare = 0.35;
/** A step is so many times the scatter around it. */
const scatters = 4;
/** Smaller ones, in the unit of the series, change no forecast. */
const leastStep = 1;

/**
 * Steps in the level, oldest first: looked for in the means of days (so that neither a spike nor a daily rhythm counts as
 * one), beside a trend, and then traced to the hour.
 */
export function findSteps(values: HourlyValues): readonly LevelStep[] {
  const days = Math.floor(values.length / dayHours);
  const first = values.length - days * dayHours;
  const means = new Float64Array(days);
  for (let day = 0; day < days; day += 1) means[day] = meanOf(values, first + day * dayHours, dayHours);
  const found: LevelStep[] = [];
  const look = (from: number, to: number): void => {
    const split = bestSplit(means, from, to);
    if (split === null) return;
    look(from, split.day);
    const by = sizeOf(means, from, split, to);
    found.push({ from: hourOf(values, first, means, split.day, by), by });
    look(split.day, to);
  };
  look(0, days);
  return found;
}

/** The series as if it had always been on its last level. The same array when there was no step. */
export function onLastLevel(values: HourlyValues, steps = findSteps(values)): HourlyValues {
  if (steps.length === 0) return values;
  const moved = values.slice();
  for (const { from, by } of steps) for (let index = 0; index < from; index += 1) moved[index] = at(moved, index) + by;
  return moved;
}

interface Split {
  /** The first day on the new level. */
  readonly day: number;
  readonly step: number;
}

/** Where two parallel lines come closest to the days from `from` to `to`; null when one line does about as well. */
function bestSplit(means: Float64Array, from: number, to: number): Split | null {
  let [n, t, tt, y, ty, yy] = [0, 0, 0, 0, 0, 0];
  for (let day = from; day < to; day += 1) {
    const value = at(means, day);
    if (Number.isNaN(value)) continue;
    n += 1;
    t += day;
    tt += day * day;
    y += value;
    ty += day * value;
    yy += value * value;
  }
  if (n < 2 * leastDays + 1) return null;
  const [ctt, cty, cyy] = [tt - (t * t) / n, ty - (t * y) / n, yy - (y * y) / n];
  const ofLine = cyy - (ctt > 0 ? (cty * cty) / ctt : 0);
  let [best, bestDay, bestStep] = [Number.POSITIVE_INFINITY, -1, 0];
  let [leftN, leftT, leftY] = [0, 0, 0];
  for (let day = from; day < to; day += 1) {
    const rightN = n - leftN;
    if (leftN >= leastDays && rightN >= leastDays && !Number.isNaN(at(means, day))) {
      const [meanLeft, meanRight] = [leftY / leftN, (y - leftY) / rightN];
      const between = (leftT / leftN - (t - leftT) / rightN) ** 2 * ((leftN * rightN) / n);
      // The step takes what is between the sides; the trend is what is left within them.
      const within = ctt - between;
      const run = (t - leftT) / rightN - leftT / leftN;
      const weight = (leftN * rightN) / n;
      const slope = within > 1e-9 ? (cty - weight * run * (meanRight - meanLeft)) / within : 0;
      const step = meanRight - meanLeft - slope * run;
      const left = cyy - weight * (meanRight - meanLeft) ** 2 - slope * slope * within;
      if (left < best) [best, bestDay, bestStep] = [left, day, step];
    }
    if (Number.isNaN(at(means, day))) continue;
    leftN += 1;
    leftT += day;
    leftY += at(means, day);
  }
  if (bestDay < 0) return null;
  const scatter = Math.sqrt(Math.max(0, best) / Math.max(1, n - 3));
  const isStep =
    best < leftShare * ofLine && Math.abs(bestStep) > scatters * scatter && Math.abs(bestStep) >= leastStep;
  return isStep ? { day: bestDay, step: bestStep } : null;
}

/** From the days around it, those left out in which it may have happened: one that is half on each level bends the trend. */
function sizeOf(means: Float64Array, from: number, { day, step }: Split, to: number): number {
  const slope = slopeWithin(means, [from, day - 1], [day + 1, to]);
  const before = sideOf(means, Math.max(from, day - 8), Math.max(from + 1, day - 1));
  const after = sideOf(means, Math.min(to - 1, day + 1), Math.min(to, day + 8));
  const size = after.value - before.value - slope * (after.day - before.day);
  return Number.isNaN(size) ? step : size;
}

/** The slope that both sides have in common, whatever their levels. */
function slopeWithin(means: Float64Array, ...sides: readonly (readonly [from: number, to: number])[]): number {
  let [spread, joint] = [0, 0];
  for (const [from, to] of sides) {
    let [n, t, tt, y, ty] = [0, 0, 0, 0, 0];
    for (let day = from; day < to; day += 1) {
      const value = at(means, day);
      if (Number.isNaN(value)) continue;
      n += 1;
      t += day;
      tt += day * day;
      y += value;
      ty += day * value;
    }
    if (n === 0) continue;
    spread += tt - (t * t) / n;
    joint += ty - (t * y) / n;
  }
  return spread > 0 ? joint / spread : 0;
}

function sideOf(means: Float64Array, from: number, to: number): { readonly value: number; readonly day: number } {
  const known: number[] = [];
  let days = 0;
  for (let day = from; day < to; day += 1) {
    if (Number.isNaN(at(means, day))) continue;
    known.push(at(means, day));
    days += day;
  }
  return { value: medianOf(Float64Array.from(known)), day: days / known.length };
}

/** To the hour: the same hours of the days around it say what each would be on either level, whatever the rhythm of a day. */
function hourOf(values: HourlyValues, first: number, means: Float64Array, day: number, by: number): number {
  const mean = at(means, day >= 2 ? day - 2 : day - 1);
  const from = first + (day - 1) * dayHours;
  let [best, least, cost] = [first + day * dayHours, 0, 0];
  for (let index = from; index < Math.min(values.length, from + 2 * dayHours); index += 1) {
    const value = at(values, index);
    if (Number.isNaN(value)) continue;
    const before = usualBefore(values, index, from, by) ?? mean;
    cost += Math.abs(value - before) - Math.abs(value - before - by);
    if (cost < least) [best, least] = [index + 1, cost];
  }
  return least < 0 ? best : Math.max(from, first);
}

/** Of the nearest days that are wholly on one level; undefined where none of them was read at this hour. */
function usualBefore(values: HourlyValues, index: number, from: number, by: number): number | undefined {
  const known: number[] = [];
  for (let place = index - dayHours; place > from - 3 * dayHours; place -= dayHours)
    if (place < from) known.push(at(values, place));
  for (let place = index + dayHours; place < from + 5 * dayHours; place += dayHours)
    if (place >= from + 2 * dayHours) known.push(at(values, place) - by);
  const read = Float64Array.from(known.filter((value) => !Number.isNaN(value)));
  return read.length === 0 ? undefined : medianOf(read);
}

function meanOf(values: HourlyValues, from: number, length: number): number {
  let [sum, count] = [0, 0];
  for (let index = from; index < from + length; index += 1) {
    const value = at(values, index);
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count < 4 ? Number.NaN : sum / count;
}
