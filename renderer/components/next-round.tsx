import { useCollectionInterval, useReadings } from '../client/use-engine.ts';
import { useTimely } from '../format/now.ts';
import { clockTime, duration } from '../format/times.ts';

/** `in 45 s`, `now`: when readings come next. */
export function nextRoundWords(takenAt: number, intervalMs: number, now: number): string {
  const left = takenAt + intervalMs - now;
  return left < 1000 ? 'now' : `in ${duration(left)}`;
}

/** `Updated 20:30:15, next in 45 s`. */
export function NextRound() {
  const { collectedAt, takenAt } = useReadings();
  const intervalMs = useCollectionInterval();
  const next = useTimely((now) => (takenAt === null ? '' : nextRoundWords(takenAt, intervalMs, now)));
  if (collectedAt === null) return <span>No readings yet, every {duration(intervalMs)} while a machine runs</span>;
  return (
    <span>
      Updated <time dateTime={new Date(collectedAt).toISOString()}>{clockTime(collectedAt)}</time>, next{' '}
      <b className="foot-strong">{next}</b>
    </span>
  );
}
