import { clockTime } from '../format/times.ts';
import type { Stretch } from './chart-series.ts';
import { plotInsets } from './plot-insets.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  4 * hour,
  6 * hour,
  12 * hour,
];
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** A label and the room that keeps it apart from the next, in pixels. */
const labelWidth = 52;

/** Half of the widest label, in pixels. */
const halfLabel = 18;

/** The last moment of a range of `width` pixels whose label is not cut off by the end of the plot. */
export function lastLabelled({ from, to }: Stretch, width: number): number {
  return to - ((halfLabel - plotInsets.right) / Math.max(1, width)) * (to - from);
}

/** Round moments of local time within a range that has `width` pixels: `20:15`, and the day where one begins. */
export function timeTicks({ from, to }: Stretch, width: number): readonly Tick[] {
  const last = lastLabelled({ from, to }, width);
  const most = Math.max(2, Math.floor(width / labelWidth));
  const step = steps.find((each) => (to - from) / each <= most);
  const ticks: Tick[] = [];
  const date = new Date(from);
  date.setHours(0, 0, 0, 0);
  if (step === undefined) {
    const days = Math.ceil((to - from) / day / most);
    // By the calendar: a day may have 23 hours.
    for (; date.getTime() <= last; date.setDate(date.getDate() + days))
      add(ticks, date.getTime(), from, dayLabel(date));
    return ticks;
  }
  for (let at = date.getTime(); at <= last; at += step) {
    const moment = new Date(at);
    const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0;
    add(ticks, at, from, isMidnight ? dayLabel(moment) : clockTime(at).slice(0, 5));
  }
  return ticks;
}

function add(ticks: Tick[], at: number, from: number, label: string): void {
  if (at >= from) ticks.push({ at, label });
}

function dayLabel(date: Date): string {
  return `${weekdays[date.getDay()]} ${date.getDate()}`;
}

/** The top of an axis that holds `most`: 1, 2, 4, 6 or 10 of a power of ten, never below `least`. */
export function axisTop(most: number, least: number): number {
  const wanted = Math.max(most, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [1, 2, 4, 6, 10].find((each) => each * power >= wanted * 0.9999) ?? 10;
  return factor * power;
}
