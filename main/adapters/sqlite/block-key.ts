import { hourMs } from './roll-up-entry.ts';

/**
 * Where a block lies: by time first, so that rows are written at the end of their table and removed from its begin, then
 * by series. Each series comes at a minute of its own, because a sixtieth of them is folded each minute.
 */

export const minutesOfHour = 60;
const hoursOfDay = 24;
/** As many series as there may be. */
const seriesLimit = 2 ** 22;

/** Hours since 1970 that a moment lies in. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / hourMs);
}

export function dayOfHour(hour: number): number {
  return Math.floor(hour / hoursOfDay);
}

export function firstHourOf(day: number): number {
  return day * hoursOfDay;
}

/** How many minutes after its end the hour of a series may be folded. */
export function minuteOf(series: number): number {
  return series % minutesOfHour;
}

/** Some minutes are folded together: a transaction costs as much as to fold a dozen series. */
const minutesTogether = 4;

/** At a moment, the last of these minutes that is to be folded of an hour; below 0 when none is. */
export function lastDueMinute(hour: number, atMs: number): number {
  const minutes = Math.floor((atMs - (hour + 1) * hourMs) / 60_000) + 1;
  return Math.min(minutesOfHour, Math.floor(minutes / minutesTogether) * minutesTogether) - 1;
}

export function hourKey(hour: number, series: number): number {
  return (hour * minutesOfHour + minuteOf(series)) * seriesLimit + series;
}

/** Of a day's rows. */
export function dayKey(day: number, series: number): number {
  return hourKey(firstHourOf(day), series);
}

/** Every key before it is of an earlier hour. */
export function firstKeyOf(hour: number): number {
  return hour * minutesOfHour * seriesLimit;
}

export function hourOfKey(key: number): number {
  return Math.floor(key / seriesLimit / minutesOfHour);
}

export function seriesOfKey(key: number): number {
  return key - Math.floor(key / seriesLimit) * seriesLimit;
}
