import { z } from 'zod';

/**
 * When a machine of Azure is started and deallocated by itself, in the local time of a place:
 * `web-1: start 08:00, stop 19:00, mon-fri, Europe/Berlin`. One of the two times may be missing; `daily` is meant where no
 * days stand, and this computer's own zone where none stands. Days are those on which the moment itself lies.
 */

/** In the order of `Date`. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

export interface AzureSchedule {
  /** A machine by name or `group/name`, as it was written. */
  readonly machine: string;
  /** Minutes since midnight; null when the machine is not started by itself. */
  readonly start: number | null;
  /** A scheduled stop deallocates: off and no longer paid for. */
  readonly stop: number | null;
  readonly days: readonly Weekday[];
  /** A zone of the tz database; null: that of this computer. */
  readonly zone: string | null;
}

/** What a schedule does next; null where nothing lies ahead. */
export interface AzureScheduleView {
  readonly machine: string;
  /** As it stands in the file, without the machine. */
  readonly schedule: string;
  /** Null: no machine of Azure has this name, or several have. */
  readonly machineId: string | null;
  readonly zone: string;
  readonly next: { readonly verb: 'start' | 'deallocate'; readonly at: string } | null;
}

const example = 'A schedule like "web-1: start 08:00, stop 19:00, mon-fri, Europe/Berlin".';
const timePattern = /^(start|stop) ([01]\d|2[0-3]):([0-5]\d)$/;

/** What is wrong with a schedule in a sentence, or the schedule. */
export function parseSchedule(line: string): AzureSchedule | string {
  const colon = line.indexOf(': ');
  const machine = colon < 0 ? '' : line.slice(0, colon).trim();
  if (machine === '' || machine.length > 160) return example;
  let start: number | null = null;
  let stop: number | null = null;
  let days: readonly Weekday[] | null = null;
  let zone: string | null = null;
  for (const part of line.slice(colon + 2).split(',')) {
    const word = part.trim();
    const [, verb, hour, minute] = timePattern.exec(word) ?? [];
    const named = daysOf(word);
    if (verb !== undefined) {
      const minutes = Number(hour) * 60 + Number(minute);
      if ((verb === 'start' ? start : stop) !== null) return `It has two times to ${verb}.`;
      if (verb === 'start') start = minutes;
      else stop = minutes;
    } else if (named !== null) {
      if (days !== null) return 'Its days stand twice; write them like "mon-fri" or "mon wed fri".';
      days = named;
    } else if (isZone(word)) {
      if (zone !== null) return 'It has two zones.';
      zone = word;
    } else return `'${word}' is no time, day or zone. ${example}`;
  }
  if (start === null && stop === null) return 'It needs a time to start or to stop.';
  if (start === stop) return 'It starts and stops at the same minute.';
  return { machine, start, stop, days: days ?? weekdays, zone };
}

export const AzureScheduleLine = z
  .string({ error: example })
  .max(400, 'At most 400 characters.')
  .superRefine((line, context) => {
    const parsed = parseSchedule(line);
    if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
  });

/** `mon-fri`, `mon wed fri`, `daily`; null for anything else. */
function daysOf(text: string): readonly Weekday[] | null {
  if (text === 'daily') return weekdays;
  const found = new Set<Weekday>();
  for (const word of text.split(/\s+/)) {
    const [from = '', to = from, ...rest] = word.split('-');
    const first = (weekdays as readonly string[]).indexOf(from);
    const last = (weekdays as readonly string[]).indexOf(to);
    if (first < 0 || last < 0 || rest.length > 0) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      const name = weekdays[day];
      if (name !== undefined) found.add(name);
      if (day === last) break;
    }
  }
  return weekdays.filter((day) => found.has(day));
}

/** A name of the tz database that this computer knows. Offsets alone are refused: they do not change with the clocks. */
function isZone(text: string): boolean {
  if (!/^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+)$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
