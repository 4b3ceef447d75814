import { at, dayHours, type HourlyValues, weekHours } from './hourly-values.ts';

/** What comes again every day and every week, and what is left of each day without it. */
export interface DailyPattern {
  /** Days of 24 hours counted back from the end, oldest first; NaN for one with too few readings. */
  readonly dayMeans: Float64Array;
  /** The same without what its place in the week does to a day. */
  readonly dayMeansOfAnyDay: Float64Array;
  /** By which an hour differs from its day, for the 168 hours after the end. */
  readonly day: Float64Array;
  /** By which an hour differs from its week. */
  readonly week: Float64Array;
}

/** A day with fewer readings says nothing about a whole one. */
const leastReadings = 4;

export function findPattern(values: HourlyValues): DailyPattern {
  const days = Math.floor(values.length / dayHours);
  const first = values.length - days * dayHours;
  const byHour = new Float64Array(dayHours);
  let dayMeans = meansOfDays(values, first, days, byHour);
  fillByHour(values, first, days, dayMeans, byHour);
  if (hasGaps(values)) {
    // The mean of a day that is not wholly known leans to the hours that are: set right by what those hours usually do.
    dayMeans = meansOfDays(values, first, days, byHour);
    fillByHour(values, first, days, dayMeans, byHour);
    dayMeans = meansOfDays(values, first, days, byHour);
  }
  const byDay = differencesOfWeekDays(dayMeans);
  const sums = new Float64Array(weekHours);
  const counts = new Float64Array(weekHours);
  const early = (weekHours - ((days * dayHours) % weekHours)) % weekHours;
  for (let index = 0; index < days * dayHours; index += 1) {
    const value = at(values, first + index) - at(dayMeans, Math.floor(index / dayHours));
    if (Number.isNaN(value)) continue;
    const place = (early + index) % weekHours;
    sums[place] = at(sums, place) + value;
    counts[place] = at(counts, place) + 1;
  }
  const day = new Float64Array(weekHours);
  const week = new Float64Array(weekHours);
  for (let hour = 0; hour < weekHours; hour += 1) {
    const daily = at(byHour, hour % dayHours);
    day[hour] = daily;
    // A month knows each hour of the week four times only: the hour of the day speaks with one voice more.
    week[hour] = (at(sums, hour) + daily) / (at(counts, hour) + 1) + at(byDay, Math.floor(hour / dayHours));
  }
  const dayMeansOfAnyDay = dayMeans.map((mean, index) => mean - at(byDay, (index - days + 7 * days) % 7));
  return { dayMeans, dayMeansOfAnyDay, day, week };
}

function hasGaps(values: HourlyValues): boolean {
  for (const value of values) if (Number.isNaN(value)) return true;
  return false;
}

function meansOfDays(values: HourlyValues, first: number, days: number, byHour: Float64Array): Float64Array {
  const means = new Float64Array(days);
  for (let day = 0; day < days; day += 1) {
    let [sum, count] = [0, 0];
    for (let hour = 0; hour < dayHours; hour += 1) {
      const value = at(values, first + day * dayHours + hour) - at(byHour, hour);
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    means[day] = count >= leastReadings ? sum / count : Number.NaN;
  }
  return means;
}

/** Sets `byHour` to the mean difference of each hour from its day; together they are nought. */
function fillByHour(
  values: HourlyValues,
  first: number,
  days: number,
  means: Float64Array,
  byHour: Float64Array,
): void {
  let [all, known] = [0, 0];
  for (let hour = 0; hour < dayHours; hour += 1) {
    let [sum, count] = [0, 0];
    for (let day = 0; day < days; day += 1) {
      const value = at(values, first + day * dayHours + hour) - at(means, day);
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    byHour[hour] = count === 0 ? 0 : sum / count;
    if (count === 0) continue;
    all += at(byHour, hour);
    known += 1;
  }
  for (let hour = 0; hour < dayHours; hour += 1) byHour[hour] = at(byHour, hour) - (known === 0 ? 0 : all / known);
}

/** By how much each day of the week differs from the week around it; the first is the day that comes next. */
function differencesOfWeekDays(means: Float64Array): Float64Array {
  const days = means.length;
  const sums = new Float64Array(7);
  const counts = new Float64Array(7);
  const add = (day: number, week: number): void => {
    const place = (day - days + 7 * days) % 7;
    sums[place] = at(sums, place) + at(means, day) - week;
    counts[place] = at(counts, place) + 1;
  };
  for (let begin = 0; begin + 7 <= days; begin += 1) {
    const week = meanOfWeek(means, begin);
    if (!Number.isNaN(week)) add(begin + 3, week);
  }
  const result = new Float64Array(7);
  const isWhole = counts.every((count) => count > 0);
  const lastWeek = days < 7 ? Number.NaN : meanOfWeek(means, days - 7);
  for (let place = 0; place < 7; place += 1) {
    if (isWhole) result[place] = at(sums, place) / at(counts, place);
    else if (!Number.isNaN(lastWeek)) result[place] = at(means, days - 7 + place) - lastWeek;
  }
  const lean = result.reduce((sum, value) => sum + value, 0) / 7;
  return result.map((value) => value - lean);
}

function meanOfWeek(means: Float64Array, begin: number): number {
  let sum = 0;
  for (let day = begin; day < begin + 7; day += 1) sum += at(means, day);
  return sum / 7;
}
