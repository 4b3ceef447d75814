import type { AzureSchedule } from '../../contract/azure-schedule.ts';
import { lastOccurrence, type Occurrence } from './next-occurrence.ts';

/** What is known when it is decided whether a schedule acts. Moments are wall-clock milliseconds. */
export interface ScheduleFacts {
  readonly schedule: AzureSchedule;
  readonly zone: string;
  /** Up to here the schedule has been dealt with. */
  readonly doneUntil: number;
  /** When a person last started or stopped the machine; null when nobody did. */
  readonly personAt: number | null;
  readonly now: number;
}

export type Scheduled =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'act'; readonly occurrence: Occurrence }
  /** Its moment came, and a person's will goes before it. */
  | { readonly kind: 'respect'; readonly occurrence: Occurrence; readonly why: string };

/** What was missed while this computer slept is made up for so long, the last of it only. */
export const makeUpMs = 12 * 3_600_000;
/** So long before its moment a person's own start or stop holds it back. */
export const justNowMs = 900_000;

/**
 * What a schedule asks for now. It acts at its moments alone: whoever starts or stops the machine between them is left in
 * peace until the next one.
 */
export function decideScheduled({ schedule, zone, doneUntil, personAt, now }: ScheduleFacts): Scheduled {
  const occurrence = lastOccurrence(schedule, zone, Math.max(doneUntil, now - makeUpMs), now);
  if (occurrence === null) return { kind: 'nothing' };
  if (personAt !== null && personAt >= occurrence.at) {
    return { kind: 'respect', occurrence, why: 'a person started or stopped it since' };
  }
  if (personAt !== null && personAt > occurrence.at - justNowMs) {
    return { kind: 'respect', occurrence, why: 'a person started or stopped it just before' };
  }
  return { kind: 'act', occurrence };
}
