import { type AzureSchedule, weekdays } from '../../contract/azure-schedule.ts';

/** A moment at which a schedule does something. Wall-clock milliseconds. */
export interface Occurrence {
  readonly verb: 'start' | 'deallocate';
  readonly at: number;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** A week, and the day before and after it that a zone may be away from UTC. */
const daysAhead = 9;

/**
 * The first moment after `after` at which the schedule does something; null when it names no day. A time that the clocks
 * skip happens when they have been put forward; one that they show twice happens the first time only.
 */
export function nextOccurrence(schedule: AzureSchedule, zone: string, after: number): Occurrence | null {
  const found: Occurrence[] = [];
  for (const [verb, minutes] of [
    ['start', schedule.start],
    ['deallocate', schedule.stop],
  ] as const) {
    const at = minutes === null ? null : nextTime(minutes, schedule, zone, after);
    if (at !== null) found.push({ verb, at });
  }
  return found.sort((a, b) => a.at - b.at)[0] ?? null;
}

/** The last moment in (after, until] at which the schedule does something; null when there is none. */
export function lastOccurrence(schedule: AzureSchedule, zone: string, after: number, until: number): Occurrence | null {
  let last: Occurrence | null = null;
  for (let next = nextOccurrence(schedule, zone, after); next !== null && next.at <= until; ) {
    last = next;
    next = nextOccurrence(schedule, zone, next.at);
  }
  return last;
}

function nextTime(minutes: number, { days }: AzureSchedule, zone: string, after: number): number | null {
  const today = startOfUtcDay(after + offsetAt(zone, after));
  for (let away = -1; away < daysAhead; away += 1) {
    const day = today + away * dayMs;
    const weekday = weekdays[new Date(day).getUTCDay()];
    if (weekday === undefined || !days.includes(weekday)) continue;
    const at = instantOf(day + minutes * minuteMs, zone);
    if (at > after) return at;
  }
  return null;
}

/** When the clocks of the zone show `local` (as milliseconds of a day without a zone) for the first time, or have skipped it. */
function instantOf(local: number, zone: string): number {
  const before = offsetAt(zone, local - dayMs);
  const later = offsetAt(zone, local + dayMs);
  const candidates = [local - before, local - later].filter((at) => at + offsetAt(zone, at) === local);
  if (candidates.length > 0) return Math.min(...candidates);
  // Skipped: the moment of the change lies between what both offsets make of it.
  let low = local - later;
  let high = local - before;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function startOfUtcDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** By how much the clocks of the zone go ahead of UTC, milliseconds. */
function offsetAt(zone: string, at: number): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(at / 1000) * 1000;
}
