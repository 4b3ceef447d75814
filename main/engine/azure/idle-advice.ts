import type { StoredRollUps } from '../ports/metrics-store.ts';

/** What counts as idle. */
export interface IdleMeasure {
  /** Every hour's average CPU has to lie under it, percent. */
  readonly underPercent: number;
  readonly days: number;
}

const hoursADay = 24;
/** Of the hours, so many have to be known: what was off at night, or was not read, is not called idle. */
const leastKnown = 0.9;

/**
 * A sentence for a machine that did next to nothing for days; null for one that worked, or of which too little is known.
 * Advice only: nothing is ever done for it.
 */
export function idleAdvice(hours: StoredRollUps | undefined, { underPercent, days }: IdleMeasure): string | null {
  const cpu = hours?.metrics.cpuPercent;
  if (cpu === undefined || underPercent <= 0) return null;
  let known = 0;
  let busiest = 0;
  for (let index = 0; index < cpu.count.length; index += 1) {
    const count = cpu.count[index] ?? 0;
    if (count === 0) continue;
    const average = (cpu.sum[index] ?? 0) / count;
    if (average >= underPercent) return null;
    known += 1;
    busiest = Math.max(busiest, average);
  }
  if (known < days * hoursADay * leastKnown) return null;
  const span = days === 1 ? 'a day' : `${days} days`;
  return `Its CPU stayed under ${underPercent} % for ${span}, ${busiest.toFixed(1)} % in the busiest hour: it could be deallocated while nobody needs it.`;
}
