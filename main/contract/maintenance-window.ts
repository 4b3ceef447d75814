import { z } from 'zod';

/** A time of the week at which someone works on a machine, in this computer's own time: `sat,sun 22:00-04:00`, `daily 03:00-03:30`. */

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const pattern =
  /^(daily|(?:sun|mon|tue|wed|thu|fri|sat)(?:,(?:sun|mon|tue|wed|thu|fri|sat))*) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

export const MaintenanceWindow = z
  .string({ error: 'A window like "sat,sun 22:00-04:00".' })
  .regex(pattern, 'A window like "sat,sun 22:00-04:00" or "daily 03:00-03:30".')
  .refine((text) => text.slice(-11, -6) !== text.slice(-5), 'A window must end at another time than it begins.');

/** When the window that `now` lies in ends, as wall-clock milliseconds; null outside of all of them. */
export function maintenanceEnd(windows: readonly string[], now: number): number | null {
  const ends = windows.flatMap((text) => endOf(text, now) ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

function endOf(text: string, now: number): number | null {
  const [, named = '', fromHour, fromMinute, toHour, toMinute] = pattern.exec(text) ?? [];
  if (named === '') return null;
  const at = (daysAway: number, hour: string | undefined, minute: string | undefined): Date => {
    const day = new Date(now);
    // By the calendar and not by 24 hours, so that a window keeps its hours when the clocks change.
    return new Date(day.getFullYear(), day.getMonth(), day.getDate() + daysAway, Number(hour), Number(minute));
  };
  const isOvernight = `${toHour}:${toMinute}` < `${fromHour}:${fromMinute}`;
  // One that began yesterday may still be open.
  for (const away of [-1, 0]) {
    const begin = at(away, fromHour, fromMinute);
    const end = at(isOvernight ? away + 1 : away, toHour, toMinute);
    const counts = named === 'daily' || named.split(',').includes(days[begin.getDay()] ?? '');
    if (counts && begin.getTime() <= now && now < end.getTime()) return end.getTime();
  }
  return null;
}
