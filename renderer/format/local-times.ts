import { shortTime } from './times.ts';

/** A sentence of the engine with its moments as this computer tells them: `20:26:10`, or day and time when not today. */
export function localTimes(text: string, now: number): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z/g, (at) => shortTime(Date.parse(at), now));
}
